// What is being drawn of a zone: areas with holes, lines along streets with a side
// and a width, or a point with a radius. Rings are kept without the point that
// closes them.
import type { MultiPolygon, Polygon } from "geojson";
import type { Drawn, Side, ZoneFeature } from "../api/zones";
import type { LngLat } from "../api/types";
import { contains, polygons } from "../map/anchor";

export type Sketch =
  | { shape: "area"; areas: LngLat[][][] } // polygons of rings, the outer one first
  | { shape: "street"; lines: LngLat[][]; side: Side; width: number }
  | { shape: "point"; point: LngLat | null; radius: number };

export type Shape = Sketch["shape"];

// Where a corner is: polygon, ring and corner, or line and corner, or the point.
export type Path = readonly number[];

export interface Corner {
  path: Path;
  at: LngLat;
  middle: boolean; // between two corners: a new one when it is moved
}

const pair = ([x = 0, y = 0]: readonly number[]): LngLat => [x, y];
const open = (ring: readonly number[][]): LngLat[] => ring.slice(0, -1).map(pair);

export function sketchOf({ geometry, properties: { drawn } }: ZoneFeature): Sketch {
  if (drawn?.point !== undefined) return { shape: "point", point: drawn.point, radius: drawn.radius_m ?? 30 };
  if (drawn?.lines !== undefined) return { shape: "street", lines: drawn.lines, side: drawn.side ?? "both", width: drawn.width_m ?? 6 };
  return { shape: "area", areas: polygons(geometry).map((p) => p.map((ring) => open(ring as number[][]))) };
}

export function drawnOf(s: Sketch): Drawn | null {
  if (s.shape === "street") {
    const lines = s.lines.filter((l) => l.length > 1);
    return lines.length === 0 ? null : { lines, side: s.side, width_m: s.width };
  }
  if (s.shape === "point") return s.point === null ? null : { point: s.point, radius_m: s.radius };
  return null;
}

// geometryOf is the ground of areas; null where there is none.
export function geometryOf(s: Sketch): Polygon | MultiPolygon | null {
  if (s.shape !== "area") return null;
  const closed = s.areas.filter((p) => (p[0]?.length ?? 0) > 2).map((p) => p.filter((r) => r.length > 2).map((r) => [...r, r[0] as LngLat]));
  const [one] = closed;
  if (one === undefined) return null;
  return closed.length === 1 ? { type: "Polygon", coordinates: one } : { type: "MultiPolygon", coordinates: closed };
}

export function isEmpty(s: Sketch): boolean {
  return s.shape === "area" ? geometryOf(s) === null : drawnOf(s) === null;
}

// add puts points that were drawn into the sketch: an area, a hole in the area that
// they begin in, a line, or the point.
export function add(s: Sketch, points: LngLat[]): Sketch {
  const [first] = points;
  if (first === undefined) return s;
  if (s.shape === "point") return { ...s, point: first };
  if (s.shape === "street") return points.length < 2 ? s : { ...s, lines: [...s.lines, points] };
  if (points.length < 3) return s;
  const inside = s.areas.findIndex((p) => contains({ type: "Polygon", coordinates: p.map((r) => [...r, r[0] as LngLat]) }, first));
  if (inside < 0) return { ...s, areas: [...s.areas, [points]] };
  return { ...s, areas: s.areas.map((p, i) => (i === inside ? [...p, points] : p)) };
}

// corners are what a hand can take hold of.
export function corners(s: Sketch): Corner[] {
  const out: Corner[] = [];
  const walk = (points: LngLat[], path: Path, round: boolean) =>
    points.forEach((at, i) => {
      out.push({ path: [...path, i], at, middle: false });
      const next = points[i + 1] ?? (round ? points[0] : undefined);
      if (next !== undefined) out.push({ path: [...path, i + 1], at: [(at[0] + next[0]) / 2, (at[1] + next[1]) / 2], middle: true });
    });
  if (s.shape === "point") {
    if (s.point !== null) out.push({ path: [0], at: s.point, middle: false });
  } else if (s.shape === "street") s.lines.forEach((l, i) => walk(l, [i], false));
  else s.areas.forEach((p, i) => p.forEach((r, j) => walk(r, [i, j], true)));
  return out;
}

// moved has a corner at another place; a middle becomes a corner.
export function moved(s: Sketch, { path, middle }: Corner, to: LngLat): Sketch {
  return change(s, path, (points, i) => (middle ? [...points.slice(0, i), to, ...points.slice(i)] : points.map((p, k) => (k === i ? to : p))), () => to);
}

// without has lost a corner; rings and lines that are left with too few go too.
export function without(s: Sketch, { path }: Corner): Sketch {
  const out = change(s, path, (points, i) => points.filter((_, k) => k !== i), () => null);
  if (out.shape === "street") return { ...out, lines: out.lines.filter((l) => l.length > 1) };
  if (out.shape === "area") return { ...out, areas: out.areas.filter((p) => (p[0]?.length ?? 0) > 2).map((p) => p.filter((r) => r.length > 2)) };
  return out;
}

function change(s: Sketch, path: Path, points: (points: LngLat[], at: number) => LngLat[], point: () => LngLat | null): Sketch {
  const [a = 0, b = 0, c = 0] = path;
  if (s.shape === "point") return { ...s, point: point() };
  if (s.shape === "street") return { ...s, lines: s.lines.map((l, i) => (i === a ? points(l, b) : l)) };
  return { ...s, areas: s.areas.map((p, i) => (i === a ? p.map((r, j) => (j === b ? points(r, c) : r)) : p)) };
}

// boundsOf is the box around what is drawn; null around nothing.
export function boundsOf(s: Sketch): [number, number, number, number] | null {
  const all = corners(s).map((c) => c.at);
  if (all.length === 0) return null;
  return all.reduce<[number, number, number, number]>(([w, so, e, n], [x, y]) => [Math.min(w, x), Math.min(so, y), Math.max(e, x), Math.max(n, y)], [Infinity, Infinity, -Infinity, -Infinity]);
}
