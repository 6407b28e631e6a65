// The units, on a pane of their own over the map. The stream of positions goes from
// the socket into its buffer; the card moves everybody between two fixes, and the
// city below is drawn only when it is looked at from elsewhere.
import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibre } from "maplibre-gl";
import { stale } from "../../live/live";
import type { UnitsChange } from "../../live/units";
import type { Stage } from "../../past/player";
import type { Theme } from "../../tokens/tokens";
import { makeGpu, type Gpu } from "./gpu";
import { addPane } from "./pane";
import { both, glide, near, nextFrame, projector, Slots, translated, type Glide, type Point2, type Projector } from "./slots";

export const unitsLayer = "units";

export interface UnitsLayer {
  paint(theme: Theme): void;
  show(on: boolean): void;
  calm(on: boolean): void; // only those with an alert, for the others are counted
  choose(id: string | null): void;
  hover(id: string | null): void;
  at(point: Point2, px: number): string[]; // units there, the nearest first
  onFrame: (project: Projector, origin: Point2 | null) => void; // after each frame of ours
  remove(): void;
}

const epochMs = 6 * 3_600_000; // by then a ms is 2 ms in 32 bits
const ageBeatMs = 5000;
const calmMs = 1000; // between looks at who moves, for who wants little motion

// radiusAt is how large a body is at a zoom, in pixels.
export function radiusAt(zoom: number): number {
  const stops: [number, number][] = [[9, 3], [12, 5.5], [14, 8.5], [16, 11.5], [18, 13]];
  const next = stops.findIndex(([z]) => z >= zoom);
  const [zb, rb] = stops[next] ?? [18, 13];
  const [za, ra] = stops[next - 1] ?? [zb - 1, rb];
  return ra + (rb - ra) * Math.min(1, Math.max(0, (zoom - za) / (zb - za)));
}

// addUnits draws them. blind is told whether the browser lets it.
export function addUnits(map: MapLibre, live: Stage, theme: Theme, blind: (is: boolean) => void): UnitsLayer {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const slots = new Slots(performance.now(), live.clock.now());
  let moving: Glide = { until: 0, speed: 0 };
  let dirty = true;
  let look = theme;
  let shown = true;
  let loudOnly = false;
  let chosen: string | null = null;
  let hovered: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let request = 0;
  let view: ArrayLike<number> | null = null; // how the map was drawn last
  let project: Projector | null = null;
  const teams = new Set<number>();
  let gpu: Gpu | null = null;

  const repack = () => {
    slots.clear();
    slots.epoch = performance.now();
    slots.serverEpoch = live.clock.now();
    for (const m of live.units.all()) slots.put(m);
  };
  const take = (change: UnitsChange) => {
    const now = performance.now();
    if (change.all || now - slots.epoch > epochMs) repack();
    else {
      change.gone.forEach((id) => slots.remove(id));
      change.moved.forEach((m) => slots.put(m));
    }
    for (const { unit } of change.moved) if (unit.team !== undefined && !teams.has(unit.team)) gpu?.team(unit.team, teams);
    // Of thousands only those that moved now are looked at.
    moving = change.all ? glide(live.units.all(), now) : both(moving, glide(change.moved, now), now);
    dirty = true;
    if (!calm.matches) ask();
    else timer ??= setTimeout(ask, calmMs);
  };
  const ask = () => {
    if (request === 0) request = requestAnimationFrame(draw);
  };
  const wake = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const offUnits = live.units.onChange(take);
  let faded = stale(live.pulse());
  const offPulse = live.onPulse(() => {
    if (stale(live.pulse()) === faded) return;
    faded = !faded;
    ask();
  });
  // Ages change while nothing moves, but slowly.
  const ages = setInterval(() => {
    if (slots.size > 0) ask();
  }, ageBeatMs);

  const pane = addPane(
    map,
    (gl) => {
      gpu = makeGpu(gl);
      dirty = true;
      blind(false);
      for (const { unit } of live.units.all()) if (unit.team !== undefined && !teams.has(unit.team)) gpu.team(unit.team, teams);
      ask();
    },
    () => {
      gpu = null;
      teams.clear();
      blind(true);
    },
  );
  function draw() {
    cancelAnimationFrame(request);
    request = 0;
    wake();
    if (view === null || gpu === null) return;
    pane.fit();
    if (slots.origin === null || !shown) {
      pane.wipe();
      api.onFrame(() => [0, 0], null);
      return;
    }
    const now = performance.now();
    const { clientWidth: width, clientHeight: height } = map.getContainer();
    const matrix = translated(view, slots.origin);
    project = projector(matrix, width, height);
    if (dirty) gpu.upload(slots);
    dirty = false;
    gpu.draw(slots.size, {
      matrix, view: [width, height], now: now - slots.epoch, server: (live.clock.now() - slots.serverEpoch) / 1000,
      radius: radiusAt(map.getZoom()), bearing: map.getBearing(), zoom: map.getZoom(), stale: stale(live.pulse()), theme: look, loudOnly,
      chosen: chosen === null ? -1 : (slots.place(chosen) ?? -1), hovered: hovered === null ? -1 : (slots.place(hovered) ?? -1),
    });
    api.onFrame(project, slots.origin);
    const wait = Math.max(calm.matches ? calmMs : 0, nextFrame(moving, now, 512 * 2 ** map.getZoom()));
    if (wait < 20) ask();
    else if (wait !== Infinity) timer = setTimeout(ask, wait);
  }
  // The map tells how it is looked at whenever it draws, and is followed in the same frame.
  const layer: CustomLayerInterface = {
    id: unitsLayer,
    type: "custom",
    renderingMode: "2d",
    render(_, args: CustomRenderMethodInput) {
      view = Float64Array.from(args.defaultProjectionData.mainMatrix);
      draw();
    },
  };
  map.addLayer(layer);
  repack();

  const api: UnitsLayer = {
    paint(next) {
      look = next;
      ask();
    },
    show(on) {
      shown = on;
      ask();
    },
    calm(on) {
      if (on === loudOnly) return;
      loudOnly = on;
      ask();
    },
    choose(id) {
      if (id === chosen) return;
      chosen = id;
      ask();
    },
    hover(id) {
      if (id === hovered) return;
      hovered = id;
      ask();
    },
    at(point, px) {
      if (project === null || slots.origin === null || !shown) return [];
      const found = near(live.units.all(), slots.origin, project, performance.now(), point, px).map((f) => f.id);
      return loudOnly ? found.filter((id) => id === chosen || (live.units.get(id)?.unit.alert ?? null) !== null) : found;
    },
    onFrame: () => undefined,
    remove() {
      offUnits();
      offPulse();
      clearInterval(ages);
      wake();
      cancelAnimationFrame(request);
      pane.remove();
      if (map.getLayer(unitsLayer) !== undefined) map.removeLayer(unitsLayer);
    },
  };
  return api;
}
