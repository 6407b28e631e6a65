import { Anchor, ArrowUp, ArrowUpLeft, ArrowUpRight, CornerUpLeft, CornerUpRight, Flag, MapPin, Play, RotateCw, Ship, Undo2, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../i18n/format";
import { moves, useDeskStore } from "../desk";
import css from "./RoutePanel.module.css";
import type { Step, Way } from "./ways";

const signs: Partial<Record<Step["kind"], LucideIcon>> = {
  depart: Play,
  continue: ArrowUp,
  roundabout: RotateCw,
  "u-turn": Undo2,
  board: Ship,
  ashore: Anchor,
  stop: MapPin,
  arrive: Flag,
};

// signOf is the sign of a step; of a turn that of its angle.
export function signOf(step: Pick<Step, "kind" | "angle_deg">): LucideIcon {
  const sign = signs[step.kind];
  if (sign !== undefined) return sign;
  const size = Math.abs(step.angle_deg);
  if (size < 20) return ArrowUp;
  if (size < 60) return step.angle_deg < 0 ? ArrowUpLeft : ArrowUpRight;
  return step.angle_deg < 0 ? CornerUpLeft : CornerUpRight;
}

// Steps tells the way. The one that is pointed at is marked on the map; one that is
// pressed is flown to.
export function Steps({ way }: { way: Way }) {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDeskStore();
  const point = (step: number | null) => store.set((d) => (d.step === step ? d : { ...d, step }));
  return (
    <ol className={css.steps} aria-label={t("route.steps")} onPointerLeave={() => point(null)}>
      {way.steps.map((s, i) => {
        const Sign = signOf(s);
        return (
          <li key={i}>
            <button
              type="button"
              className={css.step}
              onPointerEnter={() => point(i)}
              onFocus={() => point(i)}
              onBlur={() => point(null)}
              onClick={() => store.set((d) => moves.fly(d, { at: s.at, zoom: 17 }))}
            >
              <Sign aria-hidden />
              <span>
                {s.text}
                {s.notes !== undefined && s.notes.length > 0 && <small>{s.notes.join(" · ")}</small>}
              </span>
              {s.kind !== "arrive" && <span>{format.distance(s.distance_m)}</span>}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
