import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ArrowUpDown, Car, Footprints, Link2, Maximize, Trash2, X } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../../api/problem";
import { city } from "../../api/queries";
import type { Bounds, Route } from "../../api/types";
import { useFormat } from "../../i18n/format";
import { Button } from "../../parts/Button";
import { Panel } from "../../parts/Panel";
import { Bones, Note, Segments, Trouble } from "../../parts/parts";
import { useSay } from "../../parts/toast";
import { moves, useDesk, useDeskStore } from "../desk";
import { writeAsked } from "../url";
import css from "./RoutePanel.module.css";

// useRoute asks for the way whenever an end or the profile changes, and puts it
// on the desk, where the map finds it.
function useRoute() {
  const { language } = useFormat();
  const store = useDeskStore();
  const from = useDesk((d) => d.from);
  const to = useDesk((d) => d.to);
  const profile = useDesk((d) => d.profile);
  const query = useQuery({
    queryKey: ["route", profile, from, to, language],
    queryFn: ({ signal }) => {
      if (from === null || to === null) throw new Error("an end is missing");
      return city.route(profile, from, to, language, signal);
    },
    enabled: from !== null && to !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const complete = from !== null && to !== null;
  const route = complete && !query.isError ? (query.data ?? null) : null;
  useEffect(() => {
    store.set((d) => (d.route === route ? d : { ...d, route, street: null }));
  }, [store, route]);
  useEffect(() => () => store.set((d) => ({ ...d, route: null, street: null })), [store]);
  return { route, complete, error: query.isError ? query.error : null, waiting: complete && query.isPending, old: query.isPlaceholderData };
}

export function RoutePanel({ hidden }: { hidden: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDeskStore();
  const say = useSay();
  const profile = useDesk((d) => d.profile);
  const from = useDesk((d) => d.from);
  const to = useDesk((d) => d.to);
  const { route, complete, error, waiting, old } = useRoute();
  const share = () => {
    const link = `${location.origin}/map${writeAsked("", { ...store.get(), q: "" })}`;
    void navigator.clipboard.writeText(link).then(() => say(t("spot.linkCopied")));
  };
  return (
    <Panel title={t("route.title")} className={hidden ? css.hidden : undefined} onClose={() => store.set((d) => moves.clearRoute(d))}>
      <div className={css.top}>
        <Segments
          label={t("route.profile")}
          value={profile}
          onChange={(next) => store.set((d) => ({ ...d, profile: next, street: null }))}
          choices={[
            { id: "foot", text: t("route.foot"), icon: <Footprints aria-hidden /> },
            { id: "car", text: t("route.car"), icon: <Car aria-hidden /> },
          ]}
        />
        <span>
          <Button look="quiet" icon={<Link2 />} label={t("route.copy")} why={complete ? undefined : t("route.needEnds")} onPress={share} />
          <Button look="quiet" icon={<Trash2 />} label={t("route.clear")} onPress={() => store.set((d) => ({ ...moves.clearRoute(d), card: "route" }))} />
        </span>
      </div>
      <div className={css.ends}>
        <div className={css.list}>
          <End which="from" route={route} />
          <End which="to" route={route} />
        </div>
        <Button look="quiet" icon={<ArrowUpDown />} label={t("route.swap")} keys="X" why={from === null && to === null ? t("route.needEnds") : undefined} onPress={() => store.set(moves.swap)} />
      </div>
      {!complete && <p className={css.hint}>{t(from === null ? "route.clickFrom" : "route.clickTo")}</p>}
      {waiting && <Bones lines={4} />}
      {error !== null && <RouteTrouble error={error} />}
      {route !== null && (
        <div style={{ opacity: old ? 0.5 : 1 }}>
          <div className={css.sum} role="status">
            <b>{format.duration(route.duration_s)}</b>
            <span>{format.distance(route.distance_m)}</span>
            <Button look="quiet" icon={<Maximize />} label={t("route.whole")} onPress={() => store.set((d) => moves.fly(d, { bounds: boundsOf(route) }))} />
          </div>
          <Snaps route={route} />
          <ol className={css.streets} onPointerLeave={() => store.set((d) => ({ ...d, street: null }))}>
            {route.streets.map((s, i) => (
              <li key={i}>
                <button
                  type="button"
                  className={css.street}
                  onPointerEnter={() => store.set((d) => ({ ...d, street: i }))}
                  onFocus={() => store.set((d) => ({ ...d, street: i }))}
                  onBlur={() => store.set((d) => ({ ...d, street: null }))}
                >
                  <span>{s.name === "" ? t("street.unnamed") : s.name}</span>
                  <span>{format.distance(s.distance_m)}</span>
                </button>
              </li>
            ))}
          </ol>
        </div>
      )}
    </Panel>
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

// Snaps says when an end lies off the street by more than a pavement's width.
function Snaps({ route }: { route: Route }) {
  const { t } = useTranslation();
  const format = useFormat();
  const far = (["from", "to"] as const).filter((which) => route[which].snap_m > 25);
  return far.map((which) => (
    <p key={which} className={css.snap}>
      {t(which === "from" ? "route.snapFrom" : "route.snapTo", { distance: format.distance(route[which].snap_m) })}
    </p>
  ));
}

function RouteTrouble({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (error instanceof Problem && error.code === "route.off_network") {
    const metres = error.number("distance_m");
    const end = error.extra.end === "to" ? "route.to" : "route.from";
    return (
      <Note tone="warn">
        {metres === undefined || metres === 0 ? t("route.off", { end: t(end) }) : t("route.offBy", { end: t(end), distance: format.distance(metres) })}
      </Note>
    );
  }
  if (error instanceof Problem && error.code === "route.none") return <Note tone="warn">{t("route.none")}</Note>;
  return <Trouble error={error} />;
}

function boundsOf(route: Route): Bounds {
  const xs = route.geometry.coordinates.map((c) => c[0]);
  const ys = route.geometry.coordinates.map((c) => c[1]);
  const least = (v: number[]) => v.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (v: number[]) => v.reduce((a, b) => Math.max(a, b), -Infinity);
  return [least(xs), least(ys), most(xs), most(ys)];
}
