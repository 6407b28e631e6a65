import { useTranslation } from "react-i18next";
import { useEffect, useRef } from "react";
import { useLive } from "../live/LiveProvider";
import { moves, useDeskStore } from "../map/desk";
import css from "./Desk.module.css";
import { kindName } from "./words";

export interface Pick {
  ids: string[];
  x: number;
  y: number;
}

// PickList opens where several units lie under the pointer.
export function PickList({ pick, onClose }: { pick: Pick; onClose: () => void }) {
  const { t } = useTranslation();
  const { units } = useLive();
  const store = useDeskStore();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const outside = (e: Event) => {
      if (e.target instanceof Node && box.current?.contains(e.target) !== true) onClose();
    };
    const key = (e: KeyboardEvent) => {
      if (e.key === "Escape") onClose();
    };
    box.current?.querySelector("button")?.focus();
    window.addEventListener("pointerdown", outside);
    window.addEventListener("keydown", key);
    window.addEventListener("wheel", outside);
    return () => {
      window.removeEventListener("pointerdown", outside);
      window.removeEventListener("keydown", key);
      window.removeEventListener("wheel", outside);
    };
  }, [onClose]);
  const found = pick.ids.map((id) => units.get(id)?.unit).filter((u) => u !== undefined);
  return (
    <div ref={box} className={css.pick} role="menu" aria-label={t("unit.several", { count: found.length })} style={{ left: Math.min(pick.x, window.innerWidth - 260), top: Math.min(pick.y, window.innerHeight - 300) }}>
      {found.slice(0, 40).map((u) => (
        <button
          key={u.id}
          type="button"
          role="menuitem"
          onClick={() => {
            store.set((d) => moves.chooseUnit(d, u.id));
            onClose();
          }}
        >
          <b>{u.name}</b>
          <span>{[kindName(t, u.kind), u.team === undefined ? "" : t("unit.teamN", { team: u.team })].filter((x) => x !== "").join(" · ")}</span>
        </button>
      ))}
    </div>
  );
}
