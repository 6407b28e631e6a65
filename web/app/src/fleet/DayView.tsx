import { CarFront, Footprints } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Shift } from "../api/registers";
import { useFormat } from "../i18n/format";
import { useNow } from "../live/LiveProvider";
import { useSession } from "../session/session";
import type { Book } from "./book";
import { dayLines, strength, ticks } from "./day";
import css from "./Fleet.module.css";

interface Props {
  shifts: readonly Shift[];
  from: number;
  to: number;
  book: Book;
  words: string;
  onOpen: ((shift: Shift) => void) | undefined;
}

// DayView is one day of the roster: a row a person, a bar a shift, and above them
// how many work at each hour.
export function DayView({ shifts, from, to, book, words, onOpen }: Props) {
  const { t, i18n } = useTranslation();
  const { time_zone } = useSession();
  const now = useNow(10_000);
  const lines = useMemo(() => {
    const all = dayLines(shifts, from, to, (team) => book.name("teams", team), i18n.language);
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    return all.filter((l) => wanted.every((w) => `${l.name} ${book.name("teams", l.team)} ${l.bars.map((b) => book.name("vehicles", b.shift.vehicle)).join(" ")}`.toLowerCase().includes(w)));
  }, [shifts, from, to, book, words, i18n.language]);
  const counts = useMemo(() => strength(lines, 48), [lines]);
  const most = Math.max(1, ...counts);
  const hours = ticks(from, to, time_zone);
  const at = (now - from) / (to - from);
  const inside = at >= 0 && at < 1;
  const here = lines.filter((l) => l.bars.some((b) => b.left <= at && at < b.left + b.width)).length;
  return (
    <div className={css.day} role="region" aria-label={t("fleet.shifts.day")} tabIndex={0}>
      <div className={css.dayHead}>
        <span className={css.dayName}>{inside ? t("fleet.shifts.now", { count: here }) : t("fleet.shifts.people", { count: lines.length })}</span>
        <div className={css.hours} aria-hidden>
          <div className={css.strength}>
            {counts.map((n, i) => (
              <span key={i} style={{ height: `${(n / most) * 100}%` }} />
            ))}
          </div>
          {hours.map((h) => (
            <span key={h.text} className={css.hour} style={{ left: `${h.at * 100}%` }}>
              {h.text.slice(0, 2)}
            </span>
          ))}
        </div>
      </div>
      <ul>
        {lines.map((line, i) => (
          <li key={line.person}>
            {line.team !== lines[i - 1]?.team && <h3 className={css.dayTeam}>{book.name("teams", line.team)}</h3>}
            <div className={css.dayLine}>
              <span className={css.dayName}>{line.name}</span>
              <div className={css.lane}>
                {hours.map((h) => (
                  <i key={h.text} style={{ left: `${h.at * 100}%` }} aria-hidden />
                ))}
                {line.bars.map((b) => (
                  <BarButton key={b.shift.id} shift={b.shift} style={{ left: `${b.left * 100}%`, width: `${b.width * 100}%` }} cut={`${b.before ? "before" : ""} ${b.after ? "after" : ""}`} over={b.left + b.width <= at} book={book} onOpen={onOpen} />
                ))}
                {inside && <b className={css.now} style={{ left: `${at * 100}%` }} aria-hidden />}
              </div>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface BarProps {
  shift: Shift;
  style: { left: string; width: string };
  cut: string;
  over: boolean;
  book: Book;
  onOpen: ((shift: Shift) => void) | undefined;
}

function BarButton({ shift, style, cut, over, book, onOpen }: BarProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const with_ = shift.vehicle === null ? t("fleet.onFoot") : book.name("vehicles", shift.vehicle);
  const hours = `${format.clock(shift.from)}–${format.clock(shift.to)}`;
  const Icon = shift.vehicle === null ? Footprints : CarFront;
  return (
    <button
      type="button"
      className={css.shift}
      style={style}
      data-cut={cut.trim()}
      data-over={over}
      data-vehicle={shift.vehicle !== null}
      disabled={onOpen === undefined}
      onClick={() => onOpen?.(shift)}
      aria-label={`${shift.name}, ${hours}, ${with_}`}
      title={`${shift.name} · ${hours} · ${with_}`}
    >
      <Icon aria-hidden />
      <span>
        {hours}
        {shift.vehicle !== null && ` · ${with_}`}
      </span>
    </button>
  );
}
