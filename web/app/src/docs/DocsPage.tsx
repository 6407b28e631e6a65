import { useQuery } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../parts/Button";
import { Bones, Trouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import css from "./Docs.module.css";
import { curl, grouped, refName, resolve, typeName, type Description, type Entry, type Schema } from "./openapi";

// DocsPage draws the server's own description of its API. It loads nothing from
// outside and is always the running version's.
export default function DocsPage() {
  const { t } = useTranslation();
  const doc = useQuery({
    queryKey: ["openapi"],
    queryFn: async ({ signal }) => (await (await fetch("/openapi.json", { signal })).json()) as Description,
    staleTime: Infinity,
  });
  if (doc.data === undefined) return <div className={css.body}>{doc.isError ? <Trouble error={doc.error} /> : <Bones lines={8} />}</div>;
  const groups = grouped(doc.data);
  return (
    <div className={css.layout}>
      <nav className={css.side} aria-label={t("docs.operations")}>
        {groups.map(({ tag, entries }) => (
          <div key={tag}>
            <h3>{tag}</h3>
            {entries.map((e) => (
              <a key={e.id} href={`#${e.id}`} title={e.operation.summary}>
                <Method name={e.method} />
                <span>{e.path.replace("/api", "")}</span>
              </a>
            ))}
          </div>
        ))}
      </nav>
      <div className={css.body}>
        <div className={css.inner}>
          <div>
            <h1>{t("docs.title")}</h1>
            <p className={css.muted}>
              {doc.data.info.version} · <a href="/openapi.json">openapi.json</a>
            </p>
          </div>
          <p>{t("docs.intro")}</p>
          {groups.map(({ tag, entries }) => entries.map((e) => <Op key={`${tag}${e.id}`} d={doc.data} entry={e} />))}
          <h2>{t("docs.schemas")}</h2>
          {Object.entries(doc.data.components?.schemas ?? {}).map(([name, schema]) => (
            <section key={name} id={`schema-${name}`} className={css.op}>
              <h3>{name}</h3>
              {schema.description !== undefined && <p className={css.muted}>{schema.description}</p>}
              <Fields d={doc.data} schema={schema} />
            </section>
          ))}
        </div>
      </div>
    </div>
  );
}

function Method({ name }: { name: string }) {
  return (
    <span className={css.method} data-m={name}>
      {name}
    </span>
  );
}

function Op({ d, entry }: { d: Description; entry: Entry }) {
  const { t } = useTranslation();
  const say = useSay();
  const { operation } = entry;
  const command = curl(d, entry, location.origin);
  const body = Object.entries(operation.requestBody?.content ?? {})[0];
  const answers = Object.entries(operation.responses ?? {}).filter(([status]) => status !== "default");
  return (
    <article id={entry.id} className={css.op}>
      <header>
        <Method name={entry.method} />
        <code>{entry.path}</code>
      </header>
      {operation.summary !== undefined && <h3>{operation.summary}</h3>}
      {operation.description !== undefined && <p className={css.muted}>{operation.description}</p>}
      {(operation.parameters?.length ?? 0) > 0 && (
        <>
          <h4>{t("docs.parameters")}</h4>
          <table className={css.table}>
            <tbody>
              {operation.parameters?.map((p) => (
                <tr key={p.in + p.name}>
                  <th scope="row">
                    <code>{p.name}</code>
                    {p.required === true && <span className={css.must}>{t("docs.required")}</span>}
                  </th>
                  <td>{typeName(p.schema)}</td>
                  <td>
                    {p.description ?? p.schema?.description} <span className={css.muted}>{p.in}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      {body !== undefined && (
        <>
          <h4>{t("docs.body")}</h4>
          <p className={css.muted}>
            {body[0]} {operation.requestBody?.description}
          </p>
          {body[1].schema !== undefined && <Fields d={d} schema={body[1].schema} />}
        </>
      )}
      <h4>{t("docs.answers")}</h4>
      {answers.map(([status, answer]) => {
        const content = Object.entries(answer.content ?? {})[0];
        return (
          <div key={status}>
            <code>{status}</code> <span className={css.muted}>{answer.description}</span> {content !== undefined && <TypeLink schema={content[1].schema} fallback={content[0]} />}
          </div>
        );
      })}
      <div className={css.curl}>
        <pre tabIndex={0} aria-label={t("docs.command")}>{command}</pre>
        <Button look="quiet" icon={<Copy />} label={t("docs.copy")} onPress={() => void navigator.clipboard.writeText(command).then(() => say(t("docs.copied")))} />
      </div>
    </article>
  );
}

function TypeLink({ schema, fallback }: { schema: Schema | undefined; fallback?: string }) {
  const name = refName(schema) ?? refName(schema?.items);
  if (name !== undefined) return <a href={`#schema-${name}`}>{typeName(schema)}</a>;
  return <>{schema === undefined ? fallback : typeName(schema)}</>;
}

function Fields({ d, schema }: { d: Description; schema: Schema }) {
  const { t } = useTranslation();
  const whole = resolve(d, schema);
  const fields = Object.entries(whole.properties ?? {}).filter(([name]) => name !== "$schema");
  if (fields.length === 0) return <p className={css.muted}>{typeName(whole)}</p>;
  return (
    <table className={css.table}>
      <tbody>
        {fields.map(([name, s]) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
              {whole.required?.includes(name) === true && <span className={css.must}>{t("docs.required")}</span>}
            </th>
            <td>
              <TypeLink schema={s} />
            </td>
            <td>{s.description}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
