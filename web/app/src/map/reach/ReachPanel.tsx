import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Maximize } from "lucide-react";
import { useEffect, type CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import { reach } from "../../api/closures";
import type { Bounds, LngLat } from "../../api/types";
import { useFormat } from "../../i18n/format";
import { Button } from "../../parts/Button";
import { Panel } from "../../parts/Panel";
import { Bones, Trouble } from "../../parts/parts";
import css from "../closures/Closures.module.css";
import { moves, useDesk, useDeskStore } from "../desk";
import { Leaving } from "../travel/Leaving";
import { Travel } from "../travel/Travel";
import { bands, shares } from "./layer";

// ReachPanel says how far one comes from a place in 5, 10 and 15 minutes.
export function ReachPanel({ at }: { at: LngLat }) {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDeskStore();
  const profile = useDesk((d) => d.profile);
  const ferries = useDesk((d) => d.ferries);
  const leave = useDesk((d) => d.leave);
  const query = useQuery({
    queryKey: ["reach", profile, at, ferries, leave],
    queryFn: ({ signal }) => reach({ profile, from: at, minutes: bands, at: leave, ferries }, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const reached = query.isError ? null : (query.data ?? null);
  useEffect(() => store.set((d) => (d.reached === reached ? d : { ...d, reached })), [store, reached]);
  useEffect(() => () => store.set((d) => ({ ...d, reached: null })), [store]);
  const widest = reached?.features.at(-1);
  return (
    <Panel title={t("reach.title")} onClose={() => store.set(moves.close)}>
      <Travel value={profile} onChange={(next) => store.set((d) => ({ ...d, profile: next }))} />
      <div style={{ marginTop: 12 }}>
        <Leaving />
      </div>
      {query.isPending && <Bones lines={3} />}
      {query.isError && <Trouble error={query.error} />}
      {reached !== null && (
        <ul className={css.bands} aria-label={t("reach.title")}>
          {bands.map((minutes, i) => (
            <li key={minutes}>
              {/* Areas lie in each other: what is seen is the sum of those from here out. */}
              <i aria-hidden style={{ "--share": format.percent(shares.slice(i).reduce((a, b) => a + b, 0)).replace(/\s/g, "") } as CSSProperties} />
              {t("reach.within", { minutes })}
            </li>
          ))}
        </ul>
      )}
      {widest !== undefined && (
        <p style={{ marginTop: 12 }}>
          <Button look="quiet" icon={<Maximize />} onPress={() => store.set((d) => moves.fly(d, { bounds: boundsOf(widest.geometry.coordinates) }))}>
            {t("reach.whole")}
          </Button>
        </p>
      )}
    </Panel>
  );
}

function boundsOf(coordinates: unknown): Bounds {
  const b: Bounds = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (c: unknown): void => {
    if (!Array.isArray(c)) return;
    const [x, y] = c as unknown[];
    if (typeof x === "number" && typeof y === "number") {
      b[0] = Math.min(b[0], x);
      b[1] = Math.min(b[1], y);
      b[2] = Math.max(b[2], x);
      b[3] = Math.max(b[3], y);
    } else c.forEach(visit);
  };
  visit(coordinates);
  return b;
}
