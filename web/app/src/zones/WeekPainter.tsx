import { useId, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../parts/Button";
import { useFormat } from "../i18n/format";
import { allHours, cells, clockOf, days, hoursOf, noHours, painted, slots } from "./week";
import css from "./Zones.module.css";

interface Props {
  label: string;
  week: readonly boolean[];
  onChange: (week: readonly boolean[]) => void;
  readOnly?: boolean;
}

// WeekPainter is a week of half hours: drag over it to paint or to wipe. With the
// keyboard: arrows move, Space turns one, Shift and arrows paint as they move, Ctrl
// and arrows move by a day's end or a whole hour block.
export function WeekPainter({ label, week, onChange, readOnly }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const [at, setAt] = useState(16);
  const [drag, setDrag] = useState<{ from: number; to: number; on: boolean } | null>(null);
  const shown = drag === null ? week : painted(week, drag.from, drag.to, drag.on);
  const cellOf = (e: PointerEvent): number | null => {
    const cell = document.elementFromPoint(e.clientX, e.clientY)?.closest("[data-cell]");
    return cell instanceof HTMLElement && cell.dataset.week === id ? Number(cell.dataset.cell) : null;
  };
  const down = (e: PointerEvent) => {
    const cell = cellOf(e);
    if (cell === null || readOnly === true) return;
    (e.currentTarget as HTMLElement).setPointerCapture(e.pointerId);
    setAt(cell);
    setDrag({ from: cell, to: cell, on: week[cell] !== true });
  };
  const move = (e: PointerEvent) => {
    const cell = drag === null ? null : cellOf(e);
    if (cell !== null && drag !== null && cell !== drag.to) setDrag({ ...drag, to: cell });
  };
  const up = () => {
    if (drag !== null) onChange(shown);
    setDrag(null);
  };
  const press = (e: KeyboardEvent) => {
    const step: Record<string, number> = { ArrowLeft: e.ctrlKey ? -4 : -1, ArrowRight: e.ctrlKey ? 4 : 1, ArrowUp: -slots, ArrowDown: slots };
    if (e.key === " " || e.key === "Enter") {
      if (readOnly !== true) onChange(painted(week, at, at, week[at] !== true));
    } else if (e.key === "Home") setAt(at - (at % slots));
    else if (e.key === "End") setAt(at - (at % slots) + slots - 1);
    else {
      const by = step[e.key];
      if (by === undefined) return;
      const next = (at + by + cells) % cells;
      if (e.shiftKey && readOnly !== true) onChange(painted(week, Math.abs(next - at) > slots ? next : at, next, week[at] === true));
      setAt(next);
    }
    e.preventDefault();
    e.stopPropagation();
  };
  const say = (cell: number) => t("zoneEdit.cell", { day: t(`zoneEdit.days.${days[Math.floor(cell / slots)] ?? "Mo"}`), from: clockOf(cell % slots), to: clockOf((cell % slots) + 1) });
  return (
    <div className={css.weekBox}>
      <div className={css.week} role="grid" aria-label={label} aria-readonly={readOnly === true} aria-activedescendant={`${id}-${at}`} tabIndex={0} onKeyDown={press} onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={() => setDrag(null)}>
        <div className={css.weekHead} aria-hidden>
          {[0, 6, 12, 18, 24].map((h) => (
            <span key={h} style={{ left: `${(h / 24) * 100}%` }}>
              {h}
            </span>
          ))}
        </div>
        {days.map((day, d) => (
          <div key={day} role="row" className={css.weekRow}>
            <span role="rowheader" className={css.weekDay}>
              {t(`zoneEdit.day.${day}`)}
            </span>
            {Array.from({ length: slots }, (_, s) => {
              const cell = d * slots + s;
              return <span key={s} id={`${id}-${cell}`} role="gridcell" aria-selected={shown[cell] === true} aria-label={say(cell)} data-cell={cell} data-week={id} data-on={shown[cell] === true} data-at={cell === at} className={css.cell} />;
            })}
          </div>
        ))}
      </div>
      <div className={css.weekFoot}>
        <span aria-live="polite">{t("zoneEdit.weekHours", { n: format.number(hoursOf(shown)) })}</span>
        {readOnly !== true && (
          <>
            <Button look="quiet" onPress={() => onChange(painted(noHours, 16, 4 * slots + 37, true))}>
              {t("zoneEdit.workHours")}
            </Button>
            <Button look="quiet" onPress={() => onChange(painted(painted(noHours, 40, 6 * slots + 47, true), 0, 6 * slots + 11, true))}>
              {t("zoneEdit.nights")}
            </Button>
            <Button look="quiet" onPress={() => onChange(hoursOf(week) === 0 ? allHours : noHours)}>
              {hoursOf(week) === 0 ? t("zoneEdit.allHours") : t("zoneEdit.wipe")}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}
