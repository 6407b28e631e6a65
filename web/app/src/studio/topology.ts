// The borders between unit grids, found from their shapes: neighbours share the
// vertices of their common border to the bit.
import type { Position } from "geojson";
import type { UnitFeature } from "../api/drafts";
import type { LngLat } from "../api/types";
import { polygons } from "../map/anchor";

export type Box = [w: number, s: number, e: number, n: number];

// An Arc is a stretch of border with the same unit grids on both sides, by their
// position in the list; other is -1 at the city's edge.
export interface Arc {
  unit: number;
  other: number;
  line: LngLat[];
  lengthM: number;
}

export interface Topology {
  arcs: Arc[];
  byUnit: number[][]; // arcs of each unit
  perimeterM: Float64Array;
  areaM2: Float64Array;
  middle: LngLat[]; // of each unit's box
  box: Box[];
  scale: [number, number]; // metres of a degree, east and north
}

// Metres of a degree of latitude on the mean sphere (R1 of GRS 80); the page's
// measures are for the eye, the server's are what counts.
const degreeM = (6_371_008.8 * Math.PI) / 180;

export const at = (list: ArrayLike<number>, i: number): number => list[i] ?? 0;
const xy = (p: Position): LngLat => [p[0] ?? 0, p[1] ?? 0];

export function topology(units: readonly UnitFeature[]): Topology {
  const number = vertices();
  const sides = new Map<number, number>(); // edge -> unit on one side, or both
  const rings: { unit: number; points: Position[]; ids: number[] }[] = [];
  const box: Box[] = [];
  units.forEach((feature, unit) => {
    const b: Box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const points of polygons(feature.geometry).flat()) {
      const ids = points.map((p) => {
        const [x, y] = xy(p);
        if (x < b[0]) b[0] = x;
        if (y < b[1]) b[1] = y;
        if (x > b[2]) b[2] = x;
        if (y > b[3]) b[3] = y;
        return number(x, y);
      });
      rings.push({ unit, points, ids });
    }
    box.push(b);
  });
  const both = units.length + 1; // (a + 1) * both + (b + 1)
  for (const { unit, ids } of rings)
    for (let i = 1; i < ids.length; i++) {
      const key = edge(at(ids, i - 1), at(ids, i));
      const before = sides.get(key);
      sides.set(key, before === undefined ? unit + 1 : before * both + unit + 1);
    }
  const across = (key: number, unit: number): number => {
    const pair = sides.get(key) ?? 0;
    const a = Math.floor(pair / both) - 1;
    const b = (pair % both) - 1;
    return a === unit ? b : a;
  };
  const middleLat = box.length === 0 ? 0 : box.reduce((sum, b) => sum + b[1] + b[3], 0) / (2 * box.length);
  const scale: [number, number] = [degreeM * Math.cos((middleLat * Math.PI) / 180), degreeM];
  const out: Topology = {
    arcs: [],
    byUnit: units.map(() => []),
    perimeterM: new Float64Array(units.length),
    areaM2: new Float64Array(units.length),
    middle: box.map(([w, s, e, n]) => [(w + e) / 2, (s + n) / 2]),
    box,
    scale,
  };
  for (const { unit, points, ids } of rings) {
    const origin = xy(points[0] ?? [0, 0]);
    let twice = 0;
    let arc: Arc | null = null;
    for (let i = 1; i < ids.length; i++) {
      const a = xy(points[i - 1] ?? []);
      const b = xy(points[i] ?? []);
      twice += (a[0] - origin[0]) * (b[1] - origin[1]) - (b[0] - origin[0]) * (a[1] - origin[1]);
      const length = Math.hypot((b[0] - a[0]) * scale[0], (b[1] - a[1]) * scale[1]);
      out.perimeterM[unit] = at(out.perimeterM, unit) + length;
      const other = across(edge(at(ids, i - 1), at(ids, i)), unit);
      if (other === unit || (other >= 0 && other < unit)) {
        arc = null; // the other side has drawn it
        continue;
      }
      if (arc === null || arc.other !== other) {
        arc = { unit, other, line: [a], lengthM: 0 };
        out.byUnit[unit]?.push(out.arcs.length);
        if (other >= 0) out.byUnit[other]?.push(out.arcs.length);
        out.arcs.push(arc);
      }
      arc.line.push(b);
      arc.lengthM += length;
    }
    // Outer rings run one way and holes the other, so areas add up.
    out.areaM2[unit] = at(out.areaM2, unit) + (twice / 2) * scale[0] * scale[1];
  }
  for (let i = 0; i < out.areaM2.length; i++) out.areaM2[i] = Math.abs(at(out.areaM2, i));
  return out;
}

// No city has more vertices than this; a pair of them still fits a number.
const most = 2 ** 26;
const edge = (a: number, b: number): number => (a < b ? a * most + b : b * most + a);

// vertices numbers positions: the same position, the same number.
function vertices(): (x: number, y: number) => number {
  const rows = new Map<number, Map<number, number>>();
  let next = 0;
  return (x, y) => {
    let row = rows.get(x);
    if (row === undefined) rows.set(x, (row = new Map<number, number>()));
    let n = row.get(y);
    if (n === undefined) row.set(y, (n = next++));
    return n;
  };
}
