// wire joins the desk's state to the map: what is chosen is drawn, what is
// clicked changes the state. Nothing here is React's, so a moving map never
// waits for a component.
import * as maplibre from "maplibre-gl";
import type { Map as MapLibre, MapMouseEvent, MapTouchEvent } from "maplibre-gl";
import type { Bounds, LngLat } from "../api/types";
import type { Theme } from "../tokens/tokens";
import type { Live } from "../live/live";
import type { Moving } from "../live/units";
import type { Unit } from "../live/wire";
import { subjectUnit } from "../desk/queue";
import { addAlerts } from "./alerts";
import { closureHit } from "./closures/layer";
import type { CityMap } from "./create";
import { moves, type Desk, type DeskStore, type Flight } from "./desk";
import { addFocus } from "./focus";
import { pin, ring, stopPin } from "./pins";
import { addRoute } from "./route/layer";
import { clickWay, pullRoute } from "./route/pull";
import { addTrip } from "./trip";
import { writeMoment } from "../past/moment";
import { Player, type Stage } from "../past/player";
import { addCrowd, addCrowdLayers, type Crowd, type CrowdLayers } from "./units/crowd";
import { addLabels, type Labels, type Told } from "./units/labels";
import { addUnits, radiusAt, type UnitsLayer } from "./units/layer";
import { writeAsked, writeView } from "./url";

export interface Wired {
  inView(): Promise<Unit[]>; // units that the map shows, or counts
  theme(theme: Theme): void;
  remove(): void;
}

interface Hooks {
  menu: (at: LngLat, x: number, y: number) => void;
  pick: (units: Unit[], x: number, y: number) => void; // several units lie there
  ask: (bounds: Bounds) => Promise<Unit[]>; // who is there; told as they are to be shown
  tell: (m: Moving) => Told;
  words: { from: string; to: string; spot: string; via: (n: number) => string };
  count: (n: number) => string;
}

export function wire(city: CityMap, store: DeskStore, live: Live, theme: Theme, hooks: Hooks): Wired {
  const { map } = city;
  // What the map shows units of: what is live, or an hour gone by.
  let stage: Stage = live;
  const makeLabels = () => addLabels(map.getCanvasContainer(), stage, hooks.tell);
  let labels = makeLabels();
  let units: UnitsLayer | undefined;
  let crowd: Crowd | undefined;
  let layers: CrowdLayers | undefined;
  const pointer = hover(map, () => units, () => labels);
  let trip: ReturnType<typeof addTrip> | undefined;
  let alerts: ReturnType<typeof addAlerts> | undefined;
  let ready = false;
  const marks = makeMarks(map, store, hooks.words);
  let route: ReturnType<typeof addRoute> | undefined;
  let focus: ReturnType<typeof addFocus> | undefined;
  let flown = store.get().flight?.n ?? 0;
  let look = theme;

  const show = (d: Desk, before: Desk | null) => {
    marks(d);
    if (d.flight !== null && d.flight.n !== flown) {
      flown = d.flight.n;
      fly(map, d.flight.to);
    }
    if (!ready) return;
    if (d.past !== (stage instanceof Player ? stage : null)) mount(d.past ?? live);
    if (before === null || routeParts.some((part) => d[part] !== before[part])) route?.show(d);
    if (before === null || d.spot !== before.spot) focus?.show(d.spot);
    if (before === null || d.trip !== before.trip) trip?.show(d.trip);
    if (before === null || d.unit !== before.unit || d.alert !== before.alert || d.card !== before.card) {
      units?.choose(chosenUnit(d, live));
      showAlerts();
    }
    if (before === null || d.going !== before.going) labels.number(d.going);
    keep();
    if (before === null || d.follow !== before.follow || d.unit !== before.unit || d.shown.trails !== before.shown.trails) crowd?.show();
  };
  const showAlerts = () => {
    const d = store.get();
    const list = stage instanceof Player ? stage.alerts().map((a) => ({ ...a, state: "open" as const, ended: null })) : live.alerts.list();
    alerts?.show(list, (a) => stage.units.get(subjectUnit(a)) !== undefined, d.card === "alert" ? d.alert : null);
    units?.choose(chosenUnit(d, live));
  };
  const offAlerts = live.alerts.subscribe(showAlerts);
  // A dog that comes onto the map takes its sign away; one that moves changes nothing.
  const watchUnits = () =>
    stage.units.onChange((c) => {
      if (c.all || c.gone.length > 0 || c.moved.some((m) => m.took === 0)) showAlerts();
    });
  let offUnits = watchUnits();
  // In an hour gone by alerts come and go with its time.
  const watchPast = () => {
    if (!(stage instanceof Player)) return () => undefined;
    const player = stage;
    let were = "";
    return player.subscribe(() => {
      const now = player.alerts().map((a) => a.id).join();
      if (now !== were) showAlerts();
      were = now;
    });
  };
  let offPast = watchPast();
  // mount puts another stage in the place of the one that is shown.
  const mount = (next: Stage) => {
    crowd?.remove();
    units?.remove();
    labels.remove();
    offUnits();
    offPast();
    stage = next;
    labels = makeLabels();
    offUnits = watchUnits();
    offPast = watchPast();
    units = addUnits(map, stage, look, (blind) => queueMicrotask(() => store.set((d) => (d.blind === blind ? d : { ...d, blind }))));
    units.onFrame = (project, origin) => {
      const { clientWidth: width, clientHeight: height } = map.getContainer();
      pointer.look();
      labels.frame(project, origin, { zoom: map.getZoom(), width, height, radius: radiusAt(map.getZoom()) });
    };
    layers ??= addCrowdLayers(map, look, hooks.count);
    crowd = addCrowd(map, layers, store, stage, units, () => chosenUnit(store.get(), live));
    labels.number(store.get().going);
    showAlerts();
  };
  let before: Desk = store.get();
  const unsubscribe = store.subscribe(() => {
    const d = store.get();
    show(d, before);
    writeAddress(d);
    before = d;
  });

  const keepView = () => {
    const c = map.getCenter();
    const view = { zoom: map.getZoom(), center: [c.lng, c.lat] as LngLat };
    store.set((d) => ({ ...d, view }));
  };
  const move = () => {
    keepView();
    const { view } = store.get();
    if (view !== null) history.replaceState(history.state, "", location.pathname + location.search + writeView(view));
    see();
  };
  // Where units are counted, who is chosen, followed or could go is shown all the same.
  let kept = "";
  const keeps = () => {
    const d = store.get();
    return [...new Set([chosenUnit(d, live), d.follow, ...d.going])].filter((id) => id !== null).slice(0, mostKept);
  };
  const keep = () => {
    if (keeps().join() !== kept) see();
  };
  const see = () => {
    const keep = keeps();
    kept = keep.join();
    live.see({ bounds: view(), zoom: map.getZoom(), ...(keep.length === 0 ? {} : { keep }) });
  };
  const view = (): Bounds => {
    const b = map.getBounds();
    return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
  };
  const known = (ids: readonly string[]) => ids.flatMap((id) => stage.units.get(id)?.unit ?? []);
  map.once("load", () => {
    ready = true;
    focus = addFocus(map, look);
    route = addRoute(map, look);
    trip = addTrip(map, look);
    alerts = addAlerts(map, look, (id) => {
      const a = live.alerts.get(id);
      if (a !== undefined) store.set((d) => ({ ...moves.openAlert(d, a), flight: d.flight }));
    });
    mount(store.get().past ?? live);
    see();
    show(store.get(), null);
    keepView();
    openAsked(map, store.get());
    map.getContainer().dataset.ready = "true"; // for those who wait for the map, such as tests
  });

  map.on("moveend", move);
  const stopPulling = pullRoute(map, store);
  const stopPointing = listenToPointer(map, store, hooks, (e) => {
    const ids = units?.at([e.point.x, e.point.y], radiusAt(map.getZoom()) + 4) ?? [];
    const [first] = ids;
    const cell = ids.length === 0 ? (crowd?.click(e) ?? null) : null;
    if (cell !== null) {
      if (cell.bounds === null) hooks.pick(known(cell.ids), e.point.x, e.point.y);
      else
        void hooks.ask(cell.bounds).then((there) => {
          const counted = there.filter((u) => stage.units.get(u.id) === undefined); // the others are on the map
          if (counted.length > 0) hooks.pick(counted, e.point.x, e.point.y);
        });
      return true;
    }
    if (ids.length > 1 && first !== undefined) hooks.pick(known(ids), e.point.x, e.point.y);
    else if (first !== undefined) store.set((d) => moves.chooseUnit(d, first));
    return first !== undefined || alerts?.click(e) === true || clickClosure(map, store, e);
  });

  return {
    inView: () => (stage.counts?.counted === true ? hooks.ask(view()) : Promise.resolve(known(crowd?.inView() ?? []))),
    theme(next) {
      look = next;
      crowd?.paint(next);
      route?.paint(next);
      focus?.paint(next);
      trip?.paint(next);
      alerts?.paint(next);
      units?.paint(next);
    },
    remove() {
      unsubscribe();
      offAlerts();
      offUnits();
      offPast();
      pointer.stop();
      stopPointing();
      crowd?.remove();
      stopPulling();
      units?.remove();
      labels.remove();
      map.off("moveend", move);
    },
  };
}

const mostKept = 16;

// chosenUnit is who wears the mark: whose panel is open, or whom the open alert is about.
function chosenUnit(d: Desk, live: Live): string | null {
  if (d.card === "unit") return d.unit;
  const a = d.card === "alert" && d.alert !== null ? live.alerts.get(d.alert) : undefined;
  return a === undefined ? null : subjectUnit(a);
}

// routeParts are what a route is drawn from.
const routeParts = ["route", "pick", "step", "from", "to", "via"] as const;

const lookAgainMs = 300;

// hover looks for a unit under the pointer: once a frame while it moves, and now
// and then while the units move under it.
function hover(map: MapLibre, units: () => UnitsLayer | undefined, labels: () => Labels) {
  let frame = 0;
  let at: [number, number] | null = null;
  let looked = 0;
  const find = () => {
    looked = performance.now();
    const id = at === null ? null : (units()?.at(at, radiusAt(map.getZoom()) + 4)[0] ?? null);
    units()?.hover(id);
    labels().hover(id);
    map.getCanvas().style.cursor = id === null ? "" : "pointer";
  };
  const over = (e: MapMouseEvent) => {
    at = [e.point.x, e.point.y];
    cancelAnimationFrame(frame);
    if (map.isMoving()) return; // a drag points at nobody
    frame = requestAnimationFrame(find);
  };
  const out = () => {
    cancelAnimationFrame(frame);
    at = null;
    find();
  };
  map.on("mousemove", over);
  map.on("mouseout", out);
  return {
    look() {
      if (at !== null && performance.now() - looked > lookAgainMs) find();
    },
    stop() {
      cancelAnimationFrame(frame);
      map.off("mousemove", over);
      map.off("mouseout", out);
    },
  };
}

function writeAddress(d: Desk): void {
  const asked = writeAsked(location.search, d);
  const search = d.past === null && d.moment === null ? writeMoment(asked, null) : asked;
  if (search !== location.search) history.replaceState(history.state, "", location.pathname + search + location.hash);
}

// openAsked shows both ends of a linked route, if the link has no view of its own.
function openAsked(map: MapLibre, d: Desk): void {
  if (location.hash !== "" || d.from === null || d.to === null) return;
  map.fitBounds(new maplibre.LngLatBounds(d.from, d.from).extend(d.to), { padding: padding(map), maxZoom: 16, animate: false });
}

// padding keeps what we fly to out from under the panels.
function padding(map: MapLibre): { top: number; bottom: number; left: number; right: number } {
  const { clientWidth: width, clientHeight: height } = map.getContainer();
  if (width < 720) return { top: 56, left: 40, right: 96, bottom: Math.round(height * 0.5) }; // the buttons stand at the right
  const side = Math.min(400, width * 0.3);
  return { top: 60, bottom: 60, left: side, right: side };
}

function fly(map: MapLibre, to: Flight["to"]): void {
  const animate = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  if ("at" in to) map.flyTo({ center: to.at, zoom: Math.max(map.getZoom(), to.zoom ?? 0), animate, speed: 2.4, padding: { top: 0, left: 0, right: 0, bottom: 0 } });
  else if ("bounds" in to) map.fitBounds(to.bounds, { padding: padding(map), maxZoom: 17, animate, speed: 2.4 });
  else if ("by" in to) map.panBy(to.by, { animate, duration: 160 });
  else if ("zoomBy" in to) map.zoomTo(map.getZoom() + to.zoomBy, { animate, duration: 180 });
  else map.rotateTo(0, { animate, duration: 200 });
}

function makeMarks(map: MapLibre, store: DeskStore, words: Hooks["words"]): (d: Desk) => void {
  const end = (which: "from" | "to") => {
    const mark = new maplibre.Marker({ element: pin(which === "from" ? "A" : "B", words[which]), anchor: "bottom", draggable: true });
    mark.on("dragend", () => {
      const { lng, lat } = mark.getLngLat();
      store.set((d) => moves.setEnd(d, which, [lng, lat]));
    });
    return mark;
  };
  const from = end("from");
  const to = end("to");
  // Points on the way come and go at the end of the list: the others keep their numbers.
  const stops: maplibre.Marker[] = [];
  const stop = (i: number) => {
    const mark = new maplibre.Marker({ element: stopPin(i + 1, words.via(i + 1)), draggable: true });
    mark.on("dragend", () => {
      const { lng, lat } = mark.getLngLat();
      store.set((d) => moves.moveVia(d, i, [lng, lat]));
    });
    return mark;
  };
  const spot = new maplibre.Marker({ element: pin("", words.spot), anchor: "bottom" });
  const hint = new maplibre.Marker({ element: ring() });
  const put = (mark: maplibre.Marker, at: LngLat | null) => {
    if (at === null) mark.remove();
    else mark.setLngLat(at).addTo(map);
  };
  return (d) => {
    put(from, d.from);
    put(to, d.to);
    for (let i = stops.length; i < d.via.length; i++) stops.push(stop(i));
    stops.forEach((mark, i) => put(mark, d.via[i] ?? null));
    put(spot, d.spot?.at ?? (d.card === "reach" ? d.reach : null));
    put(hint, d.hinted);
  };
}

// clickClosure opens the closure under the pointer.
function clickClosure(map: MapLibre, store: DeskStore, e: MapMouseEvent): boolean {
  if (map.getLayer(closureHit) === undefined) return false;
  const id: unknown = map.queryRenderedFeatures(e.point, { layers: [closureHit] })[0]?.properties.id;
  if (typeof id !== "number") return false;
  store.set((d) => moves.openClosure(d, id));
  return true;
}

// A press of half a second on a touch screen is a right click.
const longPressMs = 500;

function listenToPointer(map: MapLibre, store: DeskStore, hooks: Hooks, taken: (e: MapMouseEvent) => boolean): () => void {
  const click = (e: MapMouseEvent) => {
    if (store.get().card !== "route" && store.get().card !== "draw" && taken(e)) return;
    const at: LngLat = [e.lngLat.lng, e.lngLat.lat];
    const d = store.get();
    if (d.card === "route" && !d.adding && clickWay(map, store, e)) return;
    if (d.card === "route" && d.adding) store.set((x) => moves.addVia(x, at));
    else if (d.card === "route" && d.from === null) store.set((x) => moves.setEnd(x, "from", at));
    else if (d.card === "draw") store.set((x) => moves.draw(x, at));
    else if (d.card === "route" && d.to === null) store.set((x) => moves.setEnd(x, "to", at));
    else if (d.card !== "route") store.set((x) => moves.point(x, { at }));
  };
  const menu = (e: MapMouseEvent) => {
    e.preventDefault();
    hooks.menu([e.lngLat.lng, e.lngLat.lat], e.point.x, e.point.y);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => clearTimeout(timer);
  const press = (e: MapTouchEvent) => {
    stop();
    if (e.points.length !== 1) return;
    const { lngLat, point } = e;
    timer = setTimeout(() => hooks.menu([lngLat.lng, lngLat.lat], point.x, point.y), longPressMs);
  };
  map.on("click", click);
  map.on("contextmenu", menu);
  map.on("touchstart", press);
  map.on("touchend", stop);
  map.on("touchmove", stop);
  map.on("movestart", stop);
  return () => {
    stop();
    map.off("click", click);
    map.off("contextmenu", menu);
    map.off("touchstart", press);
    map.off("touchend", stop);
    map.off("touchmove", stop);
    map.off("movestart", stop);
  };
}
