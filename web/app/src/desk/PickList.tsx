import { ZoomIn } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useEffect, useRef } from "react";
import type { Grade, Unit } from "../live/wire";
import { moves, useDeskStore } from "../map/desk";
import css from "./Desk.module.css";
import { GradeSign } from "./GradeSign";
import { kindName } from "./words";

export interface Pick {
  units: Unit[];
  x: number;
  y: number;
}

const most = 300; // lines; who looks for one of more than that zooms in

const rank: Record<Grade, number> = { confirmed: 0, likely: 1, possible: 2 };

// compare has first who an alert is about, then by what they are and their names.
function compare(a: Unit, b: Unit): number {
  const grade = (u: Unit) => (u.alert === null ? 3 : rank[u.alert]);
  return grade(a) - grade(b) || a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name, undefined, { numeric: true });
}

// PickList names the units that lie under the pointer, that a number stands for, or
// that the map shows.
export function PickList({ pick, onClose }: { pick: Pick; onClose: () => void }) {
  const { t } = useTranslation();
  const store = useDeskStore();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const outside = (e: Event) => {
      if (e.target instanceof Node && box.current?.contains(e.target) !== true) onClose();
    };
    const key = (e: KeyboardEvent) => {
      const lines = [...(box.current?.querySelectorAll("button") ?? [])];
      const at = lines.findIndex((b) => b === document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: lines.length - 1 }[e.key];
      if (e.key === "Escape") onClose();
      if (to === undefined) return;
      e.preventDefault();
      lines[Math.min(lines.length - 1, Math.max(0, to))]?.focus();
    };
    const before = document.activeElement;
    box.current?.querySelector("button")?.focus();
    window.addEventListener("pointerdown", outside);
    window.addEventListener("keydown", key);
    window.addEventListener("wheel", outside);
    return () => {
      window.removeEventListener("pointerdown", outside);
      window.removeEventListener("keydown", key);
      window.removeEventListener("wheel", outside);
      if (before instanceof HTMLElement) before.focus();
    };
  }, [onClose, pick]);
  const found = [...pick.units].sort(compare);
  const nearer = () => {
    const [xs, ys] = [found.map((u) => u.at[0]), found.map((u) => u.at[1])];
    store.set((d) => moves.fly(d, { bounds: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] }));
    onClose();
  };
  return (
    <div ref={box} className={css.pick} role="menu" aria-label={t("unit.several", { count: found.length })} style={{ left: Math.max(8, Math.min(pick.x, window.innerWidth - 268)), top: Math.max(8, Math.min(pick.y, window.innerHeight - 420)) }}>
      <header>{t("unit.several", { count: found.length })}</header>
      {found.slice(0, most).map((u) => (
        <button
          key={u.id}
          type="button"
          role="menuitem"
          onClick={() => {
            store.set((d) => moves.chooseUnit(d, u.id));
            onClose();
          }}
        >
          <b>
            {u.alert !== null && <GradeSign grade={u.alert} size={16} />}
            {u.name}
          </b>
          <span>{[kindName(t, u.kind), u.team === undefined ? "" : t("unit.teamN", { team: u.team }), u.alert === null ? "" : t(`grade.${u.alert}`)].filter((x) => x !== "").join(" · ")}</span>
        </button>
      ))}
      {found.length > 2 && (
        <button type="button" role="menuitem" className={css.nearer} onClick={nearer}>
          <ZoomIn aria-hidden /> {found.length > most ? t("unit.more", { count: found.length - most }) : t("unit.nearer")}
        </button>
      )}
    </div>
  );
}
