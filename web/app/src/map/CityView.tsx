import { Layers, MapPin, Route as RouteIcon, Search } from "lucide-react";
import type { Map as MapLibre } from "maplibre-gl";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Bounds, LngLat, MapInfo } from "../api/types";
import { AlertPanel } from "../desk/AlertPanel";
import { AlertQueue } from "../desk/AlertQueue";
import { News } from "../desk/News";
import { desk } from "../desk/requests";
import { PickList, type Pick } from "../desk/PickList";
import { UnitPanel } from "../desk/UnitPanel";
import { useTell } from "../desk/words";
import { useLive } from "../live/LiveProvider";
import type { Unit } from "../live/wire";
import { useSay } from "../parts/toast";
import { useFormat } from "../i18n/format";
import { isLanguage } from "../i18n/i18n";
import { useRight } from "../session/session";
import { useKeys } from "../shell/keys";
import { around } from "../past/moment";
import { PastBar, PastUnit } from "../past/PastBar";
import { PastForm } from "../past/PastForm";
import { focusSearch } from "../shell/Shell";
import { useTheme } from "../shell/theme";
import css from "./CityView.module.css";
import { ClosurePanel } from "./closures/ClosurePanel";
import { DrawPanel } from "./closures/DrawPanel";
import { ContextMenu } from "./ContextMenu";
import { Controls } from "./Controls";
import { createMap, loadFonts, type CityMap } from "./create";
import { moves, useDesk, useDeskStore } from "./desk";
import { GroundLayers } from "./GroundLayers";
import { LayerPanel } from "./LayerPanel";
import { ReadOut } from "./ReadOut";
import { Blind } from "../desk/Blind";
import { Following } from "../desk/Following";
import { ReachPanel } from "./reach/ReachPanel";
import { RoutePanel } from "./route/RoutePanel";
import { SearchSheet } from "./search/SearchSheet";
import { SpotPanel } from "./SpotPanel";
import { readView } from "./url";
import { useMapWords } from "./words";
import { wire, type Wired } from "./wire";

export interface MenuAt {
  at: LngLat;
  x: number;
  y: number;
}

export function CityView({ info }: { info: MapInfo }) {
  const { t, i18n } = useTranslation();
  const store = useDeskStore();
  const theme = useTheme();
  const language = isLanguage(i18n.language) ? i18n.language : "en";
  const shown = useDesk((d) => d.shown);
  const element = useRef<HTMLDivElement>(null);
  const city = useRef<CityMap | null>(null);
  const wired = useRef<Wired | null>(null);
  const [map, setMap] = useState<MapLibre | null>(null);
  const [menu, setMenu] = useState<MenuAt | null>(null);
  const [pick, setPick] = useState<Pick | null>(null);
  const closePick = useCallback(() => setPick(null), []);
  const words = useMapWords();
  const live = useLive();
  const mayAlerts = useRight("alerts.read");
  const tell = useTell(live.clock);
  const format = useFormat();
  const count = useCallback((n: number) => format.number(n), [format]);
  const ask = useAskUnits();
  const first = useRef({ look: { theme, language, shown }, words, tell, count, ask });

  useEffect(() => {
    const box = element.current;
    if (box === null) return;
    let gone = false;
    void loadFonts().then(() => {
      if (gone) return;
      const view = readView(location.hash) ?? store.get().view;
      const { look, words: said } = first.current;
      const made = createMap(box, info, view, look, said.locale);
      city.current = made;
      wired.current = wire(made, store, live, look.theme, {
        menu: (at, x, y) => setMenu({ at, x, y }),
        pick: (units, x, y) => setPick({ units, x, y }),
        ask: (bounds) => first.current.ask(bounds),
        tell: (m) => first.current.tell(m),
        words: said,
        count: (n) => first.current.count(n),
      });
      setMap(made.map);
    });
    return () => {
      gone = true;
      wired.current?.remove();
      city.current?.remove();
      city.current = wired.current = null;
    };
  }, [info, store, live]);

  useEffect(() => {
    first.current = { look: { theme, language, shown }, words, tell, count, ask };
    city.current?.look({ theme, language, shown });
    wired.current?.theme(theme);
  }, [theme, language, shown, words, tell, count, ask, map]);

  useMapKeys();
  const inPast = useDesk((d) => d.past !== null);
  const mayPast = useRight("tracks.read");
  const mayUnits = useRight("units.live");
  useKeys({
    U: () => {
      if (mayUnits) void wired.current?.inView().then((units) => setPick({ units, x: 372, y: 12 }));
    },
  });
  return (
    <div className={css.view} data-past={inPast}>
      <div ref={element} className={css.map} role="region" aria-label={t("map.region", { name: info.name })} data-testid="map" />
      <GroundLayers map={map} />
      <Cards />
      <Controls map={map} />
      <ReadOut map={map} attribution={info.attribution} />
      <Following />
      <Blind />
      <PastBar />
      {mayPast && <PastForm />}
      <PhoneTabs />
      {mayAlerts && <News />}
      {pick !== null && <PickList pick={pick} onClose={closePick} />}
      {menu !== null && <ContextMenu menu={menu} onClose={() => setMenu(null)} />}
    </div>
  );
}

// useAskUnits asks who is somewhere. When that fails it says so, and it is nobody.
function useAskUnits(): (bounds: Bounds) => Promise<Unit[]> {
  const say = useSay();
  const { t } = useTranslation();
  return useCallback(
    (bounds) =>
      desk.unitsIn(bounds).catch(() => {
        say(t("unit.unasked"), "plain");
        return [];
      }),
    [say, t],
  );
}

// Cards are the panels over the map: work on the left, the thing on the right.
function Cards() {
  const card = useDesk((d) => d.card);
  const layers = useDesk((d) => d.layersOpen);
  const hasRoute = useDesk((d) => d.from !== null || d.to !== null);
  const spot = useDesk((d) => d.spot);
  // A route stays on the map while a phone shows another card: its panel hides.
  const routing = card === "route" || hasRoute;
  const unit = useDesk((d) => d.unit);
  const closure = useDesk((d) => d.closure);
  const draft = useDesk((d) => d.draft);
  const reach = useDesk((d) => d.reach);
  const past = useDesk((d) => d.past);
  const mayAlerts = useRight("alerts.read");
  // Layers take the side that has room for them.
  const layersRight = routing || mayAlerts;
  return (
    <>
      <div className={css.left}>
        <SearchSheet />
        {routing && <RoutePanel hidden={card !== "route"} />}
        {layers && !layersRight && <LayerPanel />}
        {mayAlerts && <AlertQueue />}
      </div>
      <div className={css.right}>
        {layers && layersRight && <LayerPanel />}
        {spot !== null && card === "spot" && <SpotPanel spot={spot} />}
        {!layers && card === "closure" && closure !== null && <ClosurePanel key={closure} id={closure} />}
        {!layers && card === "draw" && draft !== null && <DrawPanel key={draft.of?.id ?? 0} draft={draft} />}
        {!layers && card === "reach" && reach !== null && <ReachPanel at={reach} />}
        {!layers && card === "alert" && <AlertPanel />}
        {!layers && card === "unit" && unit !== null && (past === null ? <UnitPanel key={unit} id={unit} /> : <PastUnit key={unit} player={past} id={unit} />)}
      </div>
    </>
  );
}

function useMapKeys(): void {
  const store = useDeskStore();
  const mayRoute = useRight("route");
  const mayDraw = useRight("closures.draw");
  const mayPast = useRight("tracks.read");
  const { clock } = useLive();
  const fly = (to: Parameters<typeof moves.fly>[1]) => () => store.set((d) => moves.fly(d, to));
  // With the focus on the map itself MapLibre's own keys already act.
  const pan = (x: number, y: number) => () => {
    if (document.activeElement?.classList.contains("maplibregl-canvas") !== true) fly({ by: [x, y] })();
  };
  const zoom = (by: number) => () => {
    if (document.activeElement?.classList.contains("maplibregl-canvas") !== true) fly({ zoomBy: by })();
  };
  useKeys({
    ArrowLeft: pan(-100, 0),
    ArrowRight: pan(100, 0),
    ArrowUp: pan(0, -100),
    ArrowDown: pan(0, 100),
    "+": zoom(1),
    "=": zoom(1),
    "-": zoom(-1),
    // With an alert open N writes a note.
    N: () => {
      if (store.get().card !== "alert") fly({ north: true })();
    },
    L: () => store.set((d) => ({ ...d, layersOpen: !d.layersOpen })),
    R: () => {
      if (mayRoute) store.set((d) => ({ ...d, card: d.card === "route" ? "none" : "route" }));
    },
    X: () => store.set((d) => (d.card === "route" ? moves.swap(d) : d)),
    // The middle of the map is what a keyboard can point at.
    M: () => store.set((d) => (d.view === null ? d : d.card === "draw" ? moves.draw(d, d.view.center) : d.card === "route" && d.adding ? moves.addVia(d, d.view.center) : moves.point(d, { at: d.view.center }))),
    B: () => {
      if (mayDraw) store.set((d) => moves.drawClosure(d, null));
    },
    I: () => {
      if (mayRoute) store.set((d) => (d.view === null ? d : moves.reachFrom(d, d.view.center)));
    },
    P: () => {
      if (mayPast) store.set((d) => moves.askPast(d, around(clock.now(), clock.now())));
    },
    Escape: () => store.set(moves.close),
  });
}

// PhoneTabs are the main actions under the thumb.
function PhoneTabs() {
  const { t } = useTranslation();
  const store = useDeskStore();
  const card = useDesk((d) => d.card);
  const layers = useDesk((d) => d.layersOpen);
  const searching = useDesk((d) => d.searching);
  const maySearch = useRight("search");
  const mayRoute = useRight("route");
  const open = (next: "map" | "search" | "route" | "layers") => () =>
    store.set((d) => ({ ...d, card: next === "route" ? "route" : "none", layersOpen: next === "layers", searching: next === "search" }));
  return (
    <nav className={css.tabs} aria-label={t("map.tabs")}>
      <button className={css.tab} data-on={card !== "route" && !layers && !searching} onClick={open("map")}>
        <MapPin aria-hidden /> {t("nav.map")}
      </button>
      {maySearch && (
        <button className={css.tab} data-on={searching} onClick={() => { open("search")(); setTimeout(focusSearch, 30); }}>
          <Search aria-hidden /> {t("search.short")}
        </button>
      )}
      {mayRoute && (
        <button className={css.tab} data-on={card === "route"} onClick={open("route")}>
          <RouteIcon aria-hidden /> {t("route.short")}
        </button>
      )}
      <button className={css.tab} data-on={layers} onClick={open("layers")}>
        <Layers aria-hidden /> {t("layers.short")}
      </button>
    </nav>
  );
}
