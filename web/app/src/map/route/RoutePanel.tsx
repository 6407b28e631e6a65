import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link2, Maximize, Trash2 } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../../api/problem";
import { city } from "../../api/queries";
import type { Bounds, Route } from "../../api/types";
import { useFormat } from "../../i18n/format";
import { useNow } from "../../live/LiveProvider";
import { Button } from "../../parts/Button";
import { Panel } from "../../parts/Panel";
import { Bones, Note, Trouble } from "../../parts/parts";
import { useSay } from "../../parts/toast";
import { moves, useDesk, useDeskStore } from "../desk";
import { Leaving } from "../travel/Leaving";
import { Travel } from "../travel/Travel";
import { writeAsked } from "../url";
import { AddVia, Ends } from "./Ends";
import css from "./RoutePanel.module.css";
import { Steps } from "./Steps";
import { Ways } from "./Ways";
import { wayOf, type Way } from "./ways";

// others is how many other ways are asked for.
const others = 2;

// useRoute asks for the way whenever a point, the profile or the time changes, and puts
// it on the desk, where the map finds it.
function useRoute() {
  const { language } = useFormat();
  const store = useDeskStore();
  const from = useDesk((d) => d.from);
  const to = useDesk((d) => d.to);
  const via = useDesk((d) => d.via);
  const profile = useDesk((d) => d.profile);
  const ferries = useDesk((d) => d.ferries);
  const at = useDesk((d) => d.leave);
  const query = useQuery({
    queryKey: ["route", profile, from, to, via, ferries, at, language],
    queryFn: ({ signal }) => {
      if (from === null || to === null) throw new Error("an end is missing");
      return city.route({ profile, from, to, via, ferries, at, lang: language, ...(via.length === 0 ? { alternatives: others } : {}) }, signal);
    },
    enabled: from !== null && to !== null,
    placeholderData: keepPreviousData,
    retry: (n, e) => n < 2 && !(e instanceof Problem),
    staleTime: 60_000,
  });
  const complete = from !== null && to !== null;
  const route = complete && !query.isError ? (query.data ?? null) : null;
  useEffect(() => {
    store.set((d) => (d.route === route ? d : { ...d, route, step: null }));
  }, [store, route]);
  useEffect(() => () => store.set((d) => ({ ...d, route: null, step: null })), [store]);
  return { route, complete, error: query.isError ? query.error : null, waiting: complete && query.isPending, old: query.isPlaceholderData };
}

export function RoutePanel({ hidden }: { hidden: boolean }) {
  const { t } = useTranslation();
  const store = useDeskStore();
  const say = useSay();
  const profile = useDesk((d) => d.profile);
  const pick = useDesk((d) => d.pick);
  const adding = useDesk((d) => d.adding);
  const from = useDesk((d) => d.from);
  const { route, complete, error, waiting, old } = useRoute();
  const way = wayOf(route, pick);
  const share = () => {
    const link = `${location.origin}/map${writeAsked("", { ...store.get(), q: "" })}`;
    void navigator.clipboard.writeText(link).then(() => say(t("spot.linkCopied")));
  };
  return (
    <Panel
      title={t("route.title")}
      className={hidden ? css.hidden : undefined}
      actions={
        <>
          <Button look="quiet" icon={<Link2 />} label={t("route.copy")} why={complete ? undefined : t("route.needEnds")} onPress={share} />
          <Button look="quiet" icon={<Trash2 />} label={t("route.clear")} onPress={() => store.set((d) => ({ ...moves.clearRoute(d), card: "route" }))} />
        </>
      }
      onClose={() => store.set((d) => moves.clearRoute(d))}
    >
      <Travel value={profile} onChange={(next) => store.set((d) => ({ ...d, profile: next, step: null, pick: 0 }))} />
      <Ends route={route} />
      <div className={css.more}>
        {complete && <AddVia />}
        <Leaving />
      </div>
      {!complete && <p className={css.hint}>{t(from === null ? "route.clickFrom" : "route.clickTo")}</p>}
      {complete && adding && (
        <p className={css.hint} role="status">
          {t("route.clickVia")}
        </p>
      )}
      {waiting && <Bones lines={4} />}
      {error !== null && <RouteTrouble error={error} />}
      {route !== null && way !== null && (
        <div style={{ opacity: old ? 0.5 : 1 }}>
          <Sum route={route} way={way} />
          <Ways route={route} />
          <Snaps route={route} />
          <Steps way={way} />
        </div>
      )}
    </Panel>
  );
}

// Sum is how long it takes and when one is there.
function Sum({ route, way }: { route: Route; way: Way }) {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDeskStore();
  const planned = useDesk((d) => d.leave !== null);
  const now = useNow(10_000);
  const leaves = planned ? Date.parse(route.leave) : now;
  const arrives = new Date(leaves + way.duration_s * 1000).toISOString();
  return (
    <div className={css.sum} role="status">
      <b>{format.duration(way.duration_s)}</b>
      <span>
        {format.distance(way.distance_m)} · {t("route.there", { time: format.soon(arrives, now) })}
      </span>
      <Button look="quiet" icon={<Maximize />} label={t("route.whole")} onPress={() => store.set((d) => moves.fly(d, { bounds: boundsOf(way) }))} />
    </div>
  );
}

// Snaps says when a point lies off the street by more than a pavement's width.
function Snaps({ route }: { route: Route }) {
  const { t } = useTranslation();
  const format = useFormat();
  const say = (key: "route.snapFrom" | "route.snapTo" | "route.snapVia", m: number, n = 0) =>
    m > 25 && (
      <p key={`${key}${n}`} className={css.snap}>
        {t(key, { distance: format.distance(m), n })}
      </p>
    );
  return (
    <>
      {say("route.snapFrom", route.from.snap_m)}
      {route.stops.map((s, i) => say("route.snapVia", s.snap_m, i + 1))}
      {say("route.snapTo", route.to.snap_m)}
    </>
  );
}

function RouteTrouble({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (error instanceof Problem && error.code === "route.off_network") {
    const metres = error.number("distance_m");
    const end = error.extra.end === "via" ? t("route.viaN", { n: error.number("via") ?? 0 }) : t(error.extra.end === "to" ? "route.to" : "route.from");
    return <Note tone="warn">{metres === undefined || metres === 0 ? t("route.off", { end }) : t("route.offBy", { end, distance: format.distance(metres) })}</Note>;
  }
  if (error instanceof Problem && error.code === "route.none") return <Note tone="warn">{t("route.none")}</Note>;
  return <Trouble error={error} />;
}

function boundsOf(way: Way): Bounds {
  const xs = way.geometry.coordinates.map((c) => c[0]);
  const ys = way.geometry.coordinates.map((c) => c[1]);
  const least = (v: number[]) => v.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (v: number[]) => v.reduce((a, b) => Math.max(a, b), -Infinity);
  return [least(xs), least(ys), most(xs), most(ys)];
}
