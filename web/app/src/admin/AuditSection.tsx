import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Link as LinkIcon, ScrollText, Search, ShieldCheck, ShieldX } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { audit as api } from "../api/queries";
import type { AuditEntry } from "../api/types";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import { Field } from "../parts/Field";
import { Bones, Empty, Trouble } from "../parts/parts";
import css from "./Admin.module.css";

// AuditSection is the log of who did what, newest first, as far back as one
// scrolls. Its chain of hashes can be checked by anyone who may read it.
export function AuditSection() {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const log = useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam, signal }) => api.page(pageParam, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.more ? last.entries.at(-1)?.seq : undefined),
  });
  const verb = useVerb();
  const all = useMemo(() => log.data?.pages.flatMap((p) => p.entries) ?? [], [log.data]);
  const found = useMemo(() => filterEntries(all, text, verb), [all, text, verb]);
  return (
    <>
      <div className={css.bar}>
        <Field label={t("audit.filter")} hideLabel placeholder={t("audit.filter")} icon={<Search aria-hidden />} value={text} onChange={setText} type="search" />
        <span className={css.grow} />
        <Verify />
      </div>
      {log.isPending && <Bones lines={8} />}
      {log.isError && <Trouble error={log.error} />}
      {log.isSuccess && found.length === 0 && !log.hasNextPage && (
        <Empty icon={<ScrollText />} title={t("audit.none")}>
          <p>{t("audit.noneNote")}</p>
        </Empty>
      )}
      {log.isSuccess && (found.length > 0 || log.hasNextPage) && (
        <Rows entries={found} verb={verb} more={log.hasNextPage} loading={log.isFetchingNextPage} onMore={() => void log.fetchNextPage()} />
      )}
    </>
  );
}

type Verb = (verb: string) => string;

function useVerb(): Verb {
  const { t, i18n } = useTranslation();
  return useMemo(() => (verb: string) => (i18n.exists(`verb.${verb}`) ? t(`verb.${verb}` as "verb.session.login") : verb), [t, i18n]);
}

export function filterEntries(entries: AuditEntry[], text: string, verb: Verb): AuditEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  return entries.filter((e) => {
    const line = `${e.who} ${e.from} ${e.verb} ${verb(e.verb)} ${e.object} ${e.detail}`.toLowerCase();
    return words.every((w) => line.includes(w));
  });
}

interface RowsProps {
  entries: AuditEntry[];
  verb: Verb;
  more: boolean;
  loading: boolean;
  onMore: () => void;
}

function Rows({ entries, verb, more, loading, onMore }: RowsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const box = useRef<HTMLDivElement>(null);
  const narrow = typeof matchMedia === "function" && matchMedia("(max-width: 860px)").matches;
   
  const rows = useVirtualizer({ count: entries.length + (more ? 1 : 0), getScrollElement: () => box.current, estimateSize: () => (narrow ? 64 : 42), overscan: 12 });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && !loading && last >= entries.length - 1) onMore();
  }, [more, loading, last, entries.length, onMore]);
  return (
    <div ref={box} className={css.log} tabIndex={0} role="table" aria-label={t("admin.audit")} aria-rowcount={more ? -1 : entries.length}>
      <div style={{ height: rows.getTotalSize() }} role="rowgroup">
        {items.map((item) => {
          const e = entries[item.index];
          const place = { transform: `translateY(${item.start}px)` };
          if (e === undefined)
            return (
              <div key="more" className={css.entry} style={place} role="row">
                <span role="cell">{t("parts.loading")}</span>
              </div>
            );
          return (
            <div key={e.seq} className={css.entry} style={place} role="row" aria-rowindex={item.index + 1}>
              <span className={css.dim} role="cell">{e.seq}</span>
              <span role="cell" title={e.at}>{format.time(e.at)}</span>
              <span role="cell">{e.who === "" ? <span className={css.dim}>{t("audit.stranger")}</span> : e.who}</span>
              <span role="cell">{verb(e.verb)}</span>
              <span role="cell" className={css.dim}>
                {[e.object, e.detail, e.from].filter(Boolean).join(" · ")}
              </span>
              <span role="cell">
                <code title={e.hash}>{e.hash.slice(0, 10)}</code>
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Verify() {
  const { t } = useTranslation();
  const format = useFormat();
  const check = useMutation({ mutationFn: () => api.verify() });
  return (
    <>
      <span role="status">
        {check.isError && <Trouble error={check.error} />}
        {check.data?.ok === true && (
          <span className={css.good}>
            <ShieldCheck aria-hidden /> {t("audit.ok", { n: format.number(check.data.entries) })}
          </span>
        )}
        {check.data?.ok === false && (
          <span className={`${css.good} ${css.bad}`}>
            <ShieldX aria-hidden /> {t("audit.broken")} {check.data.detail}
          </span>
        )}
      </span>
      <Button icon={<LinkIcon />} isPending={check.isPending} onPress={() => check.mutate()}>
        {t("audit.verify")}
      </Button>
    </>
  );
}
