// Far out a city of thousands is a carpet of dots: there units are told by their
// number, cell by cell: by the server, that counts many, or by us of what we have,
// as of the past. Those with an alert stay on the map by themselves.
import type { Feature } from "geojson";
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import type { Bounds } from "../../api/types";
import { bounds } from "../../live/counts";
import type { Census } from "../../live/positions";
import type { Moving } from "../../live/units";
import { palette, type Theme } from "../../tokens/tokens";
import { above, filler, nothing } from "../overlay";
import { fonts } from "../style/style";
import { mercator } from "./slots";

const nearest = 13.2; // zoom from which on everybody is shown
const [fromUnits, toUnits] = [200, 150]; // in view; apart, so that the picture doesn't flicker
const cellPx = 84;

// rolls says whether units are told by number, given whether they were.
export function rolls(zoom: number, inView: number, were: boolean): boolean {
  return zoom < nearest && inView >= (were ? toUnits : fromUnits);
}

export function within(units: Iterable<Moving>, [w, s, e, n]: Bounds): Moving[] {
  const found: Moving[] = [];
  for (const m of units) if (m.to[0] >= w && m.to[0] <= e && m.to[1] >= s && m.to[1] <= n) found.push(m);
  return found;
}

export interface Cell {
  n: number;
  at: [number, number]; // the middle of those in it
  ids: string[]; // who they are, if we know
  bounds: Bounds | null; // where they are, if we don't
}

// counted are the cells that the server told.
export function counted(census: Census): Map<string, Cell> {
  return new Map(
    census.cells.map((c) => {
      const b = bounds(census.zoom, c.x, c.y);
      return [`${c.x}/${c.y}`, { n: c.n, at: seated(c.n, c.at, b), ids: [], bounds: b }];
    }),
  );
}

// Discs grow with the root of their number, and are never wider than the least cell.
const [leastR, mostR, mostRoot] = [11, 29, 30];
const rim = 2;
const leastCellPx = 64; // of the server's cells and of ours

export function radius(n: number): number {
  return leastR + ((mostR - leastR) * (Math.min(mostRoot, Math.max(1, Math.sqrt(n))) - 1)) / (mostRoot - 1);
}

// seated is where the disc of a cell is drawn: in the middle of those in it, but within the
// cell, so that no disc covers another.
export function seated(n: number, at: readonly [number, number], [w, s, e, north]: Bounds): [number, number] {
  const edge = Math.min(0.5, (radius(n) + rim) / leastCellPx);
  const fit = (v: number, from: number, to: number) => Math.min(to - edge * (to - from), Math.max(from + edge * (to - from), v));
  return [fit(at[0], w, e), fit(at[1], s, north)];
}

// cells are of the world at whole zooms, so that they stay while the map is moved.
export function cells(units: readonly Moving[], zoom: number): Map<string, Cell> {
  const across = (512 * 2 ** Math.floor(zoom)) / cellPx;
  const found = new Map<string, Cell>();
  for (const m of units) {
    if (m.unit.alert !== null) continue;
    const [x, y] = mercator(m.to);
    const key = `${Math.floor(x * across)}/${Math.floor(y * across)}`;
    const cell = found.get(key);
    if (cell === undefined) found.set(key, { n: 1, ids: [m.unit.id], at: [...m.to], bounds: null });
    else {
      const n = (cell.n = cell.ids.push(m.unit.id));
      cell.at[0] += (m.to[0] - cell.at[0]) / n;
      cell.at[1] += (m.to[1] - cell.at[1]) / n;
    }
  }
  for (const [key, cell] of found) {
    const [x = 0, y = 0] = key.split("/").map(Number);
    cell.at = seated(cell.n, cell.at, bounds(Math.log2(across), x, y));
  }
  return found;
}

export function addRollup(map: MapLibre, theme: Theme, count: (n: number) => string) {
  const id = "rollup";
  let now = new Map<string, Cell>();
  const size = (small: number, large: number) => ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, small, mostRoot, large] as ["interpolate", ["linear"], ["sqrt", ["get", string]], number, number, number, number];
  map.addSource(id, { type: "geojson", data: nothing });
  const fill = filler(map, id);
  const top = above(map);
  map.addLayer({ id: "rollup-disc", type: "circle", source: id, paint: { "circle-radius": size(leastR, mostR), "circle-opacity": 0.88, "circle-stroke-width": rim } }, top);
  map.addLayer(
    { id: "rollup-count", type: "symbol", source: id, layout: { "text-field": ["get", "text"], "text-font": fonts.bold, "text-size": size(11, 16), "text-allow-overlap": true, "text-ignore-placement": true } },
    top,
  );
  const paint = (t: Theme) => {
    const p = palette(t);
    map.setPaintProperty("rollup-disc", "circle-color", p["unit-on"]);
    map.setPaintProperty("rollup-disc", "circle-stroke-color", p["unit-rim"]);
    map.setPaintProperty("rollup-count", "text-color", p["unit-rim"]);
  };
  paint(theme);
  const feature = ([key, c]: [string, Cell]): Feature => ({ type: "Feature", properties: { key, n: c.n, text: count(c.n) }, geometry: { type: "Point", coordinates: c.at } });
  return {
    paint,
    // show draws the cells; null is none, for everybody is on the map.
    show(next: Map<string, Cell> | null) {
      if (next === null && now.size === 0) return; // as mostly
      now = next ?? new Map<string, Cell>();
      fill({ type: "FeatureCollection", features: [...now].map(feature) });
    },
    // at is the number there.
    at(e: MapMouseEvent): Cell | null {
      if (now.size === 0) return null;
      const key: unknown = map.queryRenderedFeatures(e.point, { layers: ["rollup-disc"] })[0]?.properties.key;
      return typeof key === "string" ? (now.get(key) ?? null) : null;
    },
  };
}
