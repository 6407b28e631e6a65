// What is shown of many units beside their signs: counts far out, trails close by,
// and the map that goes along with one of them. Looked at once a second.
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import type { Bounds } from "../../api/types";
import type { Theme } from "../../tokens/tokens";
import type { Stage } from "../../past/player";
import { moves, type DeskStore } from "../desk";
import { addRollup, cells, counted, rolls, within, type Cell } from "./rollup";
import type { UnitsLayer } from "./layer";
import { addTrails, type Trail } from "./trails";

const beatMs = 1000;
const mostTrails = 400;
const leastPx = 14; // nearer to the middle a followed unit is left alone

export interface Crowd {
  paint(theme: Theme): void;
  show(): void;
  click(e: MapMouseEvent): Cell | null;
  inView(): string[];
  remove(): void;
}

export interface CrowdLayers {
  trails: ReturnType<typeof addTrails>;
  rollup: ReturnType<typeof addRollup>;
}

export function addCrowdLayers(map: MapLibre, theme: Theme, count: (n: number) => string): CrowdLayers {
  return { trails: addTrails(map, theme), rollup: addRollup(map, theme, count) };
}

export function addCrowd(map: MapLibre, { trails, rollup }: CrowdLayers, store: DeskStore, live: Stage, units: UnitsLayer, chosen: () => string | null): Crowd {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let rolled = false;
  let follows = false; // the map is moved by us

  const view = (): Bounds => {
    const b = map.getBounds();
    return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
  };
  const show = () => {
    const d = store.get();
    const here = within(live.units.all(), view());
    const census = live.counts?.now() ?? null;
    rolled = census === null && rolls(map.getZoom(), here.length, rolled);
    units.calm(rolled);
    if (census !== null) rollup.show(counted(census));
    else rollup.show(rolled ? cells(here, map.getZoom()) : null);
    const loud = new Set([chosen(), d.follow].filter((id) => id !== null));
    const drawn = here.filter((m) => loud.has(m.unit.id));
    if (d.shown.trails && !rolled && here.length <= mostTrails) drawn.push(...here.filter((m) => !loud.has(m.unit.id)));
    const trail = (m: (typeof here)[number]): Trail => ({ marks: live.trails.of(m.unit.id), dog: m.unit.kind === "dog", loud: loud.has(m.unit.id) });
    trails.show(drawn.map(trail).filter((t) => t.marks.length > 1), live.clock.now());
  };
  const follow = () => {
    const { follow: id } = store.get();
    const m = id === null ? undefined : live.units.get(id);
    if (m === undefined || (map.isMoving() && !follows)) return;
    const at = map.project(m.to);
    const { clientWidth: width, clientHeight: height } = map.getContainer();
    if (Math.hypot(at.x - width / 2, at.y - height / 2) < leastPx) return;
    follows = true;
    map.easeTo({ center: m.to, duration: still.matches ? 0 : beatMs, easing: (x) => x });
  };
  const beat = () => {
    if (document.visibilityState === "hidden") return;
    follow();
    show();
  };
  const timer = setInterval(beat, beatMs);
  const offCounts = live.counts?.onChange(show);
  // Whoever takes the map in hand wants to look elsewhere.
  const taken = () => store.set(moves.unfollow);
  const ended = () => {
    follows = false;
    show();
  };
  map.on("dragstart", taken);
  map.on("moveend", ended);
  beat();
  return {
    paint(next) {
      trails.paint(next);
      rollup.paint(next);
    },
    show: beat,
    click: (e) => rollup.at(e),
    inView: () => within(live.units.all(), view()).map((m) => m.unit.id),
    remove() {
      trails.show([], 0);
      rollup.show(null);
      clearInterval(timer);
      offCounts?.();
      map.off("dragstart", taken);
      map.off("moveend", ended);
    },
  };
}
