import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Dialog, DialogTrigger, Popover, Button as AriaButton } from "react-aria-components";
import type { ReactNode } from "react";
import { useFormat } from "../i18n/format";
import { parts, type Part } from "../live/lags";
import { useLive, useNow } from "../live/LiveProvider";
import menu from "../parts/Menu.module.css";
import { Note } from "../parts/parts";
import css from "./Latency.module.css";
import { desk } from "./requests";

// WithLatency makes the sign of the connection a button: behind it is how long a
// position takes from the device to this screen, and where.
export function WithLatency({ className, state, children, note }: { className: string | undefined; state: string; children: ReactNode; note: string }) {
  const { t } = useTranslation();
  return (
    <DialogTrigger>
      {/* The sign's words stay the button's name: they are what matters all day. */}
      <AriaButton className={`${className ?? ""} ${css.sign ?? ""}`} data-state={state}>
        {children}
      </AriaButton>
      <Popover className={`${menu.popover ?? ""} ${css.popover ?? ""}`} placement="bottom end" offset={6}>
        <Dialog aria-label={t("latency.title")} className={css.dialog ?? ""}>
          <h2>{t("latency.title")}</h2>
          <p>{note}</p>
          <Strip />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function Strip() {
  const { t } = useTranslation();
  const { lags } = useLive();
  useNow(1000); // what is measured changes by itself
  const server = useQuery({ queryKey: ["latency"], queryFn: ({ signal }) => desk.latency(signal), refetchInterval: 5000, staleTime: 2000 });
  const fix = lags.fix();
  const all = parts(server.data?.stages ?? [], fix, lags.screen());
  const sum = Math.max(1, all.reduce((x, p) => x + p.p50, 0));
  if (fix.count === 0 && (server.data?.stages ?? []).every((s) => s.fixes === 0)) return <Note>{t("latency.none")}</Note>;
  return (
    <>
      <div className={css.bar} aria-hidden>
        {all.map((p) => (
          <span key={p.id} data-part={p.id} style={{ flexGrow: Math.max(0.015, p.p50 / sum) }} />
        ))}
      </div>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t("latency.part")}</th>
            <th scope="col">{t("latency.half")}</th>
            <th scope="col">{t("latency.most")}</th>
          </tr>
        </thead>
        <tbody>
          {all.map((p) => (
            <Row key={p.id} part={p} />
          ))}
        </tbody>
        {fix.count > 0 && (
          <tfoot>
            <tr>
              <th scope="row">{t("latency.all")}</th>
              <Ms ms={fix.p50} />
              <Ms ms={fix.p95} />
            </tr>
          </tfoot>
        )}
      </table>
      <p className={css.small}>{t("latency.count", { count: fix.count })}</p>
    </>
  );
}

function Row({ part }: { part: Part }) {
  const { t } = useTranslation();
  return (
    <tr>
      <th scope="row">
        <span className={css.swatch} data-part={part.id} aria-hidden />
        {t(`latency.${part.id}`)}
      </th>
      <Ms ms={part.p50} />
      <Ms ms={part.p95} />
    </tr>
  );
}

function Ms({ ms }: { ms: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (Number.isNaN(ms)) return <td>–</td>;
  return <td>{ms >= 1000 ? t("latency.s", { s: format.number(Math.round(ms / 100) / 10) }) : t("latency.ms", { ms: format.number(ms >= 10 ? Math.round(ms) : Math.round(ms * 10) / 10) })}</td>;
}
