import { ArrowUp, ArrowUpDown, Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Route } from "../../api/types";
import { Button } from "../../parts/Button";
import { moves, useDesk, useDeskStore } from "../desk";
import { mostVia } from "../url";
import css from "./RoutePanel.module.css";

// Ends are where the route begins and ends, and the points that it passes.
export function Ends({ route }: { route: Route | null }) {
  const { t } = useTranslation();
  const store = useDeskStore();
  const from = useDesk((d) => d.from);
  const to = useDesk((d) => d.to);
  const via = useDesk((d) => d.via);
  return (
    <div className={css.ends}>
      <div className={css.list}>
        <End which="from" route={route} />
        {via.map((at, i) => (
          <div key={i} className={css.end} data-testid={`via-${i + 1}`}>
            <span className={css.letter} data-end="via" aria-label={t("route.viaN", { n: i + 1 })} role="img">
              {i + 1}
            </span>
            <span>{route?.stops[i]?.street || `${at[1].toFixed(5)}, ${at[0].toFixed(5)}`}</span>
            {i > 0 && <Button look="quiet" icon={<ArrowUp />} label={t("route.earlierVia", { n: i + 1 })} onPress={() => store.set((d) => moves.earlierVia(d, i))} />}
            <Button look="quiet" icon={<X />} label={t("route.dropVia", { n: i + 1 })} onPress={() => store.set((d) => moves.dropVia(d, i))} />
          </div>
        ))}
        <End which="to" route={route} />
      </div>
      <Button look="quiet" icon={<ArrowUpDown />} label={t("route.swap")} keys="X" why={from === null && to === null ? t("route.needEnds") : undefined} onPress={() => store.set(moves.swap)} />
    </div>
  );
}

// AddVia has the next click on the map pass there.
export function AddVia() {
  const { t } = useTranslation();
  const store = useDeskStore();
  const full = useDesk((d) => d.via.length >= mostVia);
  const adding = useDesk((d) => d.adding);
  return (
    <Button look="quiet" icon={adding ? <X /> : <Plus />} why={full ? t("route.viaFull", { count: mostVia }) : undefined} onPress={() => store.set((d) => ({ ...d, adding: !d.adding }))}>
      {t(adding ? "route.noVia" : "route.addVia")}
    </Button>
  );
}

function End({ which, route }: { which: "from" | "to"; route: Route | null }) {
  const { t } = useTranslation();
  const store = useDeskStore();
  const at = useDesk((d) => d[which]);
  const name = useDesk((d) => d.names[which]);
  const street = route?.[which].street ?? "";
  const text = at === null ? t(which === "from" ? "route.noFrom" : "route.noTo") : name || street || `${at[1].toFixed(5)}, ${at[0].toFixed(5)}`;
  return (
    <div className={css.end} data-empty={at === null} data-testid={`end-${which}`}>
      <span className={css.letter} data-end={which === "from" ? "A" : "B"} aria-label={t(`route.${which}`)} role="img">
        {which === "from" ? "A" : "B"}
      </span>
      <span>{text}</span>
      {at !== null && <Button look="quiet" icon={<X />} label={t(which === "from" ? "route.dropFrom" : "route.dropTo")} onPress={() => store.set((d) => moves.setEnd(d, which, null))} />}
    </div>
  );
}
