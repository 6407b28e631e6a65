// What the coverage map shows: pure, so that it is tested without a map.
import type { Feature, FeatureCollection } from "geojson";
import type { LngLat } from "../api/types";
import type { Presence, PresenceCell } from "./requests";

export type Measure = "visits" | "alerts";

// How many classes of colour there are above none.
export const steps = 4;

// classes are the least values of the classes, each at least one higher than the one
// before, so that as many cells as can be are in each: [1, 2, 5, 9].
export function classes(values: readonly number[]): number[] {
  const sorted = values.filter((v) => v > 0).sort((a, b) => a - b);
  const least: number[] = [];
  for (let k = 0; k < steps; k++) {
    const v = sorted[Math.floor((k * sorted.length) / steps)];
    if (v === undefined) break;
    const before = least.at(-1);
    if (before === undefined) least.push(v);
    else if (sorted.some((x) => x > before)) least.push(Math.max(v, sorted.find((x) => x > before) ?? v));
  }
  return [...new Set(least)];
}

export function classOf(value: number, least: readonly number[]): number {
  return least.filter((l) => value >= l).length;
}

// ranges says the classes in numbers: "1", "2–4", "9+".
export function ranges(least: readonly number[], number: (n: number) => string): string[] {
  return least.map((l, k) => {
    const next = least[k + 1];
    return next === undefined ? `${number(l)}+` : next - 1 === l ? number(l) : `${number(l)}–${number(next - 1)}`;
  });
}

const outline = (c: PresenceCell): LngLat[] => c.ring as LngLat[];

const blind = (c: PresenceCell): boolean => c.visits === 0 && c.streets_m > 0;

export function cellFeatures(presence: Presence | undefined, measure: Measure, chosen: string | null): FeatureCollection {
  const cells = presence?.cells ?? [];
  const least = classes(cells.map((c) => c[measure]));
  return {
    type: "FeatureCollection",
    features: cells.map(
      (c): Feature => ({
        type: "Feature",
        properties: { n: c[measure], step: classOf(c[measure], least), blind: measure === "visits" && blind(c), chosen: c.cell === chosen },
        geometry: { type: "Polygon", coordinates: [outline(c)] },
      }),
    ),
  };
}

export interface BlindSpots {
  grid: number;
  cells: PresenceCell[]; // most streets first
  of: number; // cells of the grid with streets
  streets_m: number; // in the cells
}

// blindSpots is where nobody was though there are streets to be seen, by grid, most
// streets first.
export function blindSpots(presence: Presence | undefined): BlindSpots[] {
  const by = new Map<number, BlindSpots>();
  for (const c of presence?.cells ?? []) {
    if (c.streets_m <= 0) continue;
    const one = by.get(c.grid) ?? { grid: c.grid, cells: [], of: 0, streets_m: 0 };
    one.of++;
    if (blind(c)) {
      one.cells.push(c);
      one.streets_m += c.streets_m;
    }
    by.set(c.grid, one);
  }
  const all = [...by.values()].filter((b) => b.cells.length > 0);
  for (const b of all) b.cells.sort((x, y) => y.streets_m - x.streets_m);
  return all.sort((x, y) => y.streets_m - x.streets_m);
}

// asCSV is a line a cell for spreadsheets, asGeoJSON the same with its outline.
export function asCSV(presence: Presence, gridName: (id: number) => string): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const line = (c: PresenceCell) => {
    const [lon, lat] = middle(c);
    return [c.cell, lon.toFixed(6), lat.toFixed(6), quoted(gridName(c.grid)), c.visits, c.minutes, c.alerts, c.streets_m].join(",");
  };
  return `\ufeffcell,lon,lat,grid,visits,minutes,alerts,streets_m\r\n${presence.cells.map(line).join("\r\n")}\r\n`;
}

export function asGeoJSON(presence: Presence, gridName: (id: number) => string): string {
  return JSON.stringify({
    type: "FeatureCollection",
    features: presence.cells.map(({ ring, grid, ...rest }) => ({ type: "Feature", properties: { ...rest, grid: gridName(grid) }, geometry: { type: "Polygon", coordinates: [ring] } })),
  });
}

// middle is the mean of a cell's corners.
export function middle(c: PresenceCell): [number, number] {
  const corners = outline(c).slice(0, -1);
  const mean = (k: 0 | 1) => corners.reduce((sum, p) => sum + p[k], 0) / Math.max(1, corners.length);
  return [mean(0), mean(1)];
}
