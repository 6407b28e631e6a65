import { CircleSlash, RotateCcw, Truck, TriangleAlert } from "lucide-react";
import { useRef, useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { ticks } from "../fleet/day";
import { useFormat } from "../i18n/format";
import { useNow } from "../live/LiveProvider";
import { Button } from "../parts/Button";
import { useSession } from "../session/session";
import css from "./Plans.module.css";
import { firstFree, placeAt, spanOf, takes, type Item, type Place, type Row } from "./rows";
import { TravelSign, travelWords } from "./Travel";

interface Props {
  rows: Row[];
  hour: number; // its width in pixels
  locked: boolean; // a preview is shown: nothing is moved
  onMove: (from: Row, item: Item, to: Place) => void;
  onDrop: (row: Row) => void; // it can't go on, or can again
  onRelease: (item: Item) => void; // the vehicle has left
}

// Grip is a stop in the hand of a mouse or a keyboard, and where it would go.
interface Grip {
  row: string;
  key: string;
  to: Place;
  x: number; // of a pointer from where it began; 0 for a keyboard
  y: number;
  keys: boolean;
}

// Gantt is a row a unit and a bar a stop.
export function Gantt({ rows, hour, locked, onMove, onDrop, onRelease }: Props) {
  const { t } = useTranslation();
  const { time_zone } = useSession();
  const format = useFormat();
  const now = useNow(10_000);
  const board = useRef<HTMLDivElement>(null);
  const [grip, setGrip] = useState<Grip | null>(null);
  const [at, setAt] = useState<{ row: string; key: string } | null>(null); // what Tab comes to
  const { from, to } = spanOf(rows);
  const width = ((to - from) / 3_600_000) * hour;
  const left = (time: number) => ((Math.min(Math.max(time, from), to) - from) / 3_600_000) * hour;
  const held = grip === null ? undefined : rows.find((r) => r.id === grip.row);
  const heldItem = held?.items.find((i) => i.key === grip?.key);

  const finish = (g: Grip | null) => {
    setGrip(null);
    if (g !== null && held !== undefined && heldItem !== undefined) onMove(held, heldItem, g.to);
  };

  // The row and the time under a pointer.
  const under = (e: PointerEvent): Place | null => {
    const line = document.elementsFromPoint(e.clientX, e.clientY).map((el) => el.closest<HTMLElement>("[data-row]")).find((el) => el !== null);
    const row = rows.find((r) => r.id === line?.dataset.row);
    if (line === undefined || row === undefined) return null;
    const lane = line.querySelector<HTMLElement>("[data-lane]");
    if (lane === null) return null;
    const x = e.clientX - lane.getBoundingClientRect().left;
    const head = line.querySelector<HTMLElement>("[data-head]");
    if (head !== null && e.clientX < head.getBoundingClientRect().right) return { row: row.id, at: null };
    return { row: row.id, at: placeAt(row, from + (x / hour) * 3_600_000) };
  };
  const press = (row: Row, item: Item) => (e: PointerEvent<HTMLButtonElement>) => {
    setAt({ row: row.id, key: item.key });
    if (locked || item.fixed || e.button !== 0) return;
    const bar = e.currentTarget;
    const begun = { x: e.clientX, y: e.clientY };
    bar.setPointerCapture(e.pointerId);
    let now: Grip | null = null;
    const drag = (m: globalThis.PointerEvent) => {
      const [x, y] = [m.clientX - begun.x, m.clientY - begun.y];
      if (now === null && Math.hypot(x, y) < 5) return;
      const place = under(m as unknown as PointerEvent);
      const target = rows.find((r) => r.id === place?.row);
      now = { row: row.id, key: item.key, x, y, keys: false, to: place !== null && target !== undefined && takes(target, row) ? place : { row: "", at: null } };
      setGrip(now);
    };
    const stop = (send: boolean) => () => {
      bar.removeEventListener("pointermove", drag);
      bar.removeEventListener("pointerup", up);
      bar.removeEventListener("pointercancel", cancel);
      window.removeEventListener("keydown", escape, true);
      setGrip(null);
      if (send && now !== null && now.to.row !== "") onMove(row, item, now.to);
    };
    const up = stop(true);
    const cancel = stop(false);
    const escape = (k: globalThis.KeyboardEvent) => {
      if (k.key === "Escape") {
        k.stopPropagation();
        cancel();
      }
    };
    bar.addEventListener("pointermove", drag);
    bar.addEventListener("pointerup", up);
    bar.addEventListener("pointercancel", cancel);
    window.addEventListener("keydown", escape, true);
  };

  const focus = (row: string, key: string) => {
    setAt({ row, key });
    requestAnimationFrame(() => board.current?.querySelector<HTMLElement>(`[data-row="${row}"] [data-key="${key}"]`)?.focus());
  };
  const keys = (row: Row, item: Item) => (e: KeyboardEvent) => {
    const r = rows.indexOf(row);
    const k = row.items.indexOf(item);
    if (grip === null) {
      const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key];
      if (step !== undefined) {
        e.preventDefault();
        const [dr = 0, dk = 0] = step;
        let i = r + dr;
        while (dr !== 0 && rows[i] !== undefined && rows[i]?.items.length === 0) i += dr;
        const next = rows[i];
        if (next === undefined) return;
        const middle = (item.from + item.to) / 2;
        const to = dr === 0 ? next.items[k + dk] : [...next.items].sort((a, b) => Math.abs((a.from + a.to) / 2 - middle) - Math.abs((b.from + b.to) / 2 - middle))[0];
        if (to !== undefined) focus(next.id, to.key);
      } else if ((e.key === " " || e.key === "Enter") && !locked && !item.fixed) {
        e.preventDefault();
        setGrip({ row: row.id, key: item.key, x: 0, y: 0, keys: true, to: { row: row.id, at: k } });
      } else if (e.key === "Delete" && !locked && item.kind === "job" && !item.fixed) {
        e.preventDefault();
        onRelease(item);
      }
      return;
    }
    const target = rows.find((x) => x.id === grip.to.row) ?? row;
    const places = (to: Row) => [...to.items.keys(), to.items.length].filter((n) => n >= firstFree(to) && to.items[n]?.kind !== "site");
    const go = (to: Place) => setGrip({ ...grip, to });
    e.preventDefault();
    e.stopPropagation();
    switch (e.key) {
      case "ArrowLeft":
      case "ArrowRight": {
        const free = places(target);
        const here = free.indexOf(grip.to.at ?? -1);
        const next = free[Math.min(free.length - 1, Math.max(0, here < 0 ? 0 : here + (e.key === "ArrowLeft" ? -1 : 1)))];
        if (next !== undefined) go({ row: target.id, at: next });
        return;
      }
      case "ArrowUp":
      case "ArrowDown": {
        const able = rows.filter((x) => takes(x, row));
        const next = able[able.indexOf(target) + (e.key === "ArrowUp" ? -1 : 1)];
        if (next !== undefined) go({ row: next.id, at: placeAt(next, (item.from + item.to) / 2) });
        return;
      }
      case "b":
      case "B":
        go({ row: target.id, at: null });
        return;
      case " ":
      case "Enter":
        finish(grip);
        return;
      case "Escape":
        setGrip(null);
        return;
      default:
    }
  };

  const first = rows.find((r) => r.items.length > 0);
  const tab = at !== null && rows.some((r) => r.id === at.row && r.items.some((i) => i.key === at.key)) ? at : { row: first?.id ?? "", key: first?.items[0]?.key ?? "" };
  const said = (g: Grip): string => {
    const target = rows.find((r) => r.id === g.to.row);
    if (target === undefined) return t("plans.notThere");
    if (g.to.at === null) return t("plans.toBest", { name: heldItem?.name ?? "", unit: target.name });
    const next = target.items.slice(g.to.at).find((i) => i.kind !== "site" && i.key !== g.key);
    return next === undefined ? t("plans.toEnd", { name: heldItem?.name ?? "", unit: target.name }) : t("plans.toBefore", { name: heldItem?.name ?? "", unit: target.name, next: next.name });
  };
  const title = (row: Row, i: Item): string =>
    [
      row.name,
      `${i.n > 0 ? `${i.n}. ` : ""}${i.name === "" ? t(`plans.kind.${i.kind}`) : i.name}`,
      `${format.clock(i.from)}–${format.clock(i.to)}`,
      t(`plans.state.${i.state}`),
      i.lateS > 60 ? t("plans.lateBy", { time: format.duration(i.lateS) }) : "",
      i.load === null ? "" : t("plans.load", { load: i.load, of: row.capacity }),
    ]
      .filter((s) => s !== "")
      .join(" · ");
  return (
    <>
      <div className={css.gantt} ref={board} role="region" aria-label={t("plans.view.gantt")} tabIndex={-1} data-held={grip !== null}>
        <div className={css.board} style={{ "--lane": `${width}px` } as CSSProperties}>
          <div className={css.hours} aria-hidden>
            <span />
            <div>
              {ticks(from, to, time_zone, hour < 60 ? 2 : 1).map((h) => (
                <span key={h.at} style={{ left: `${h.at * 100}%` }}>
                  {h.text}
                </span>
              ))}
              {now >= from && now <= to && <b style={{ left: `${left(now)}px` }}>{format.clock(now)}</b>}
            </div>
          </div>
          {rows.map((row) => (
            <div key={row.id} className={css.row} data-row={row.id} data-planned={row.planned} data-able={held === undefined ? undefined : takes(row, held)} data-on={grip?.to.row === row.id} role="group" aria-label={row.name}>
              <RowHead row={row} locked={locked} onDrop={onDrop} best={grip !== null && grip.to.row === row.id && grip.to.at === null} />
              <div className={css.lane} data-lane style={{ backgroundSize: `${hour}px 100%` }}>
                <i className={css.shift} style={{ left: left(row.from), width: left(row.to) - left(row.from) }} aria-hidden />
                {row.items.map((i, n) => (
                  <button
                    key={i.key}
                    type="button"
                    className={css.bar}
                    data-key={i.key}
                    data-kind={i.kind}
                    data-state={i.state}
                    data-late={i.lateS > 60}
                    data-fixed={i.fixed}
                    data-held={grip?.key === i.key && grip.row === row.id}
                    style={{ left: left(i.from), width: Math.max(5, left(i.to) - left(i.from)), ...(grip?.key === i.key && grip.row === row.id && !grip.keys ? { transform: `translate(${grip.x}px, ${grip.y}px)`, pointerEvents: "none" } : {}) }}
                    tabIndex={tab.row === row.id && tab.key === i.key ? 0 : -1}
                    aria-label={title(row, i)}
                    aria-roledescription={i.fixed ? undefined : t("plans.movable")}
                    title={title(row, i)}
                    onPointerDown={press(row, i)}
                    onKeyDown={keys(row, i)}
                    onFocus={() => setAt({ row: row.id, key: i.key })}
                    data-place={n}
                  >
                    {i.lateS > 60 && <TriangleAlert aria-hidden />}
                    <span>{label(i)}</span>
                  </button>
                ))}
                {grip !== null && grip.to.row === row.id && grip.to.at !== null && <u className={css.here} style={{ left: gapAt(row, grip.to.at, left) }} aria-hidden />}
                {now >= from && now <= to && <b className={css.now} style={{ left: left(now) }} aria-hidden />}
              </div>
            </div>
          ))}
        </div>
      </div>
      <p className={css.said} role="status" aria-live="assertive">
        {grip !== null && said(grip)}
      </p>
    </>
  );
}

// label is what is written on a bar, as far as it fits.
function label(i: Item): string {
  if (i.kind === "site") return "⬇";
  return i.n > 0 ? `${i.n} ${i.name}` : i.name;
}

function gapAt(row: Row, at: number, left: (time: number) => number): number {
  const [before, after] = [row.items[at - 1], row.items[at]];
  if (after === undefined) return left(before?.to ?? row.from) + 3;
  return before === undefined ? left(after.from) - 3 : (left(before.to) + left(after.from)) / 2;
}

function RowHead({ row, locked, onDrop, best }: { row: Row; locked: boolean; onDrop: (row: Row) => void; best: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = [
    travelWords(t, row.by),
    row.off ? t("plans.off") : "",
    row.lateS > 60 ? t("plans.lateBy", { time: format.duration(row.lateS) }) : row.behindS > 600 ? t("plans.behind", { time: format.duration(row.behindS) }) : "",
    row.progress === null ? t("plans.load", { load: row.loaded, of: row.capacity }) : format.percent(row.progress),
  ].filter((s) => s !== "");
  return (
    <div className={css.head} data-head data-best={best} data-off={row.off}>
      {row.kind === "run" ? <Truck aria-hidden /> : <TravelSign by={row.by} />}
      <div>
        <b>{row.name}</b>
        <span data-late={row.lateS > 60}>
          {row.lateS > 60 && <TriangleAlert aria-hidden />}
          {best ? t("plans.best") : words.join(" · ")}
        </span>
      </div>
      {(row.kind === "run" || !row.off) && (
        <Button look="quiet" icon={row.off ? <RotateCcw /> : <CircleSlash />} label={t(row.off ? "plans.back" : "plans.drop", { name: row.name })} isDisabled={locked} onPress={() => onDrop(row)} />
      )}
    </div>
  );
}
