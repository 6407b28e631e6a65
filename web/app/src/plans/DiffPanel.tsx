import { ArrowRight, Check, Send, TriangleAlert, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import css from "./Plans.module.css";
import type { Change, Refused, Unit } from "./requests";
import type { Row } from "./rows";

interface Props {
  units: Unit[];
  changes: Change[];
  refused: Refused[];
  leftM: number;
  rows: Row[];
  busy: boolean;
  onSend: () => void;
  onDiscard: () => void;
}

// DiffPanel says what a change comes to before anybody is told of it.
export function DiffPanel({ units, changes, refused, leftM, rows, busy, onSend, onDiscard }: Props) {
  const { t } = useTranslation();
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  const name = (id: string) => (id === "" ? t("plans.nobody") : (rows.find((r) => r.id === id)?.name ?? units.find((u) => u.unit === id)?.name ?? id));
  const nothing = units.length === 0;
  return (
    <section
      className={css.diff}
      aria-labelledby="diff-title"
      onKeyDown={(e) => {
        if (e.key === "Escape") onDiscard();
      }}
    >
      <h2 id="diff-title" ref={head} tabIndex={-1}>
        {t("plans.diff.title")}
      </h2>
      <div className={css.diffBody} role="group" aria-labelledby="diff-title" tabIndex={0}>
        {refused.length > 0 && (
          <ul className={css.refused} role="alert">
            {refused.map((r, i) => (
              <li key={i}>
                <TriangleAlert aria-hidden />
                <span>
                  <b>{r.name === "" ? t("plans.kind.job") : r.name}</b> {r.unit !== "" && <>→ {name(r.unit)}</>} {t(`plans.rule.${r.rule}`)}
                </span>
              </li>
            ))}
          </ul>
        )}
        {leftM > 0 && <p className={css.warn}>{t("plans.diff.left", { m: Math.round(leftM) })}</p>}
        {nothing && refused.length === 0 && <p>{t("plans.diff.nothing")}</p>}
        {units.length > 0 && <UnitList units={units} />}
        {changes.length > 0 && <ChangeList changes={changes} name={name} />}
      </div>
      <div className={css.diffFoot}>
        <Button look="main" icon={<Send />} onPress={onSend} isPending={busy} why={nothing ? t("plans.diff.nothing") : undefined}>
          {t("plans.diff.send")}
        </Button>
        <Button icon={<X />} onPress={onDiscard}>
          {t("plans.diff.discard")}
        </Button>
      </div>
    </section>
  );
}

function UnitList({ units }: { units: Unit[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className={css.units}>
      {units.map((u) => {
        const less = u.extra_s < 0;
        const late = u.late_s > 60;
        return (
          <li key={u.unit} data-late={late}>
            <b>{u.name}</b>
            <span data-tone={less ? "good" : "plain"}>{Math.abs(u.extra_s) < 30 ? t("plans.diff.same") : t(less ? "plans.diff.less" : "plans.diff.more", { time: format.duration(Math.abs(u.extra_s)) })}</span>
            <span>{t("plans.diff.ends", { was: format.clock(u.end_was), now: format.clock(u.end) })}</span>
            <em data-tone={late ? "bad" : "good"}>
              {late ? <TriangleAlert aria-hidden /> : <Check aria-hidden />}
              {late ? t(u.late_was_s > 60 ? "plans.diff.stillLate" : "plans.diff.becomesLate", { time: format.duration(u.late_s) }) : t(u.late_was_s > 60 ? "plans.diff.noLonger" : "plans.diff.inTime")}
            </em>
          </li>
        );
      })}
    </ul>
  );
}

function ChangeList({ changes, name }: { changes: Change[]; name: (id: string) => string }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className={css.changes} aria-label={t("plans.diff.stops", { count: changes.length })}>
      {changes.slice(0, 200).map((c, i) => (
        <li key={i} data-moved={c.from !== c.to}>
          <b>{c.name === "" ? t(c.task > 0 ? "plans.kind.job" : "plans.unnamed") : c.name}</b>
          <span>
            {c.from !== c.to ? (
              <>
                {name(c.from)} <ArrowRight aria-label={t("plans.diff.goesTo")} /> <strong>{name(c.to)}</strong>
              </>
            ) : (
              name(c.to)
            )}
          </span>
          <span>
            {c.was !== null && format.clock(c.was)} {c.now !== null && <>→ {format.clock(c.now)}</>}
            {c.late_s > 60 && (
              <em>
                <TriangleAlert aria-hidden /> {t("plans.lateBy", { time: format.duration(c.late_s) })}
              </em>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
