import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { city, mapImport } from "../api/queries";
import page from "../account/Page.module.css";
import { useFormat } from "../i18n/format";
import { Bones, Note, Trouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import { useSession } from "../session/session";
import { Import } from "../setup/Import";
import css from "./Admin.module.css";
import { reportGroups, reportWords } from "./report";

// MapSection says what the map is made of and takes another in while the old
// one goes on serving.
export function MapSection() {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useSay();
  const label = useLabel();
  const client = useQueryClient();
  const { demo } = useSession();
  const map = useQuery({ queryKey: ["map"], queryFn: ({ signal }) => city.map(signal) });
  const none = map.error instanceof Problem && map.error.code === "map.none";
  const done = () => {
    say(t("import.done"));
    void client.invalidateQueries({ queryKey: ["map"] });
  };
  return (
    <>
      {map.isPending && <Bones lines={4} />}
      {none && <Note>{t("map.none")}</Note>}
      {map.isError && !none && <Trouble error={map.error} />}
      {map.data !== undefined && (
        <section className={page.card}>
          <h2>{map.data.name}</h2>
          <dl className={css.facts}>
            <Fact name={t("mapFacts.segments")} value={format.number(map.data.segments)} />
            <Fact name={t("mapFacts.junctions")} value={format.number(map.data.junctions)} />
            <Fact name={t("mapFacts.dataTime")} value={map.data.data_time === null ? t("mapFacts.unknown") : format.date(map.data.data_time)} />
            <Fact name={t("mapFacts.imported")} value={format.date(map.data.imported_at)} note={format.time(map.data.imported_at)} />
            {map.data.languages.length > 0 && <Fact name={t("mapFacts.languages")} value={map.data.languages.join(", ")} />}
          </dl>
          <h3>{t("mapFacts.report")}</h3>
          <div className={css.report}>
            {reportGroups(map.data.report).map((group) => (
              <div key={group.name}>
                {group.name !== "" && <h3>{label(group.name)}</h3>}
                <dl>
                  {group.rows.map(([name, value]) => (
                    <Line key={name} name={label(name)} value={typeof value === "number" ? format.number(value) : value} />
                  ))}
                </dl>
              </div>
            ))}
          </div>
        </section>
      )}
      <section className={page.card}>
        <h2>{t("import.another")}</h2>
        <p className={page.muted}>{t("import.anotherNote")}</p>
        <Import how={{ key: "admin", path: "/api/map", headers: {}, demo: demo ? () => mapImport.demo() : null, cancel: () => mapImport.cancel(), state: (signal) => mapImport.state(signal) }} onDone={done} />
      </section>
    </>
  );
}

// useLabel puts a name in the report into the reader's language.
function useLabel(): (name: string) => string {
  const { t, i18n } = useTranslation();
  return (name) =>
    reportWords(name)
      .map(({ key, text }) => (key === undefined ? text : t(`report.${key}` as "report.read", { defaultValue: text.replaceAll("_", " ") })))
      .join(i18n.language === "zh-CN" ? "：" : ": ");
}

function Fact({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {note !== undefined && <small>{note}</small>}
      </dd>
    </div>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
