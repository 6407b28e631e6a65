// Distances and directions on the ground, near enough for a walk: the earth is
// taken for flat within a few kilometres, which is off by less than 0.1 %.
import type { LngLat } from "../api/types";

const metresPerDegree = 111_195; // of latitude, on a sphere of 6,371 km
const rad = Math.PI / 180;

// east and north of b from a, in metres
function offset(a: LngLat, b: LngLat): [number, number] {
  const shrink = Math.cos(((a[1] + b[1]) / 2) * rad);
  return [(b[0] - a[0]) * shrink * metresPerDegree, (b[1] - a[1]) * metresPerDegree];
}

export function metres(a: LngLat, b: LngLat): number {
  return Math.hypot(...offset(a, b));
}

// bearing is the direction from a to b, in degrees clockwise from north, 0 <= d < 360.
export function bearing(a: LngLat, b: LngLat): number {
  const [east, north] = offset(a, b);
  return (Math.atan2(east, north) / rad + 360) % 360;
}

// A Spot is the place on a line that is nearest to a point.
export interface Spot {
  along: number; // metres from the line's begin
  off: number; // metres from the point
  at: LngLat;
}

// A Line is a line with the length up to each of its points.
export interface Line {
  points: LngLat[];
  upTo: number[];
  length: number;
}

export function measure(points: LngLat[]): Line {
  const upTo = [0];
  points.slice(1).forEach((p, i) => upTo.push((upTo[i] ?? 0) + metres(points[i] ?? p, p)));
  return { points, upTo: points.length === 0 ? [] : upTo, length: points.length === 0 ? 0 : (upTo.at(-1) ?? 0) };
}

// nearest looks at the stretch from <= along <= to of a line; null when it has none.
export function nearest(line: Line, p: LngLat, from = 0, to = Infinity): Spot | null {
  let best: Spot | null = null;
  for (let i = 0; i + 1 < line.points.length; i++) {
    const [a, b, s, e] = [line.points[i], line.points[i + 1], line.upTo[i], line.upTo[i + 1]];
    if (a === undefined || b === undefined || s === undefined || e === undefined || e < from || s > to) continue;
    const [dx, dy] = offset(a, b);
    const [px, py] = offset(a, p);
    const length = e - s;
    const low = length === 0 ? 0 : Math.max(0, (from - s) / length);
    const high = length === 0 ? 0 : Math.min(1, (to - s) / length);
    const f = length === 0 ? 0 : Math.min(high, Math.max(low, (px * dx + py * dy) / (length * length)));
    const at: LngLat = [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f];
    const off = metres(at, p);
    if (best === null || off < best.off) best = { along: s + length * f, off, at };
  }
  return best;
}

// pointAt is the place so many metres along a line, held to its ends.
export function pointAt(line: Line, along: number): LngLat | null {
  const d = Math.min(line.length, Math.max(0, along));
  const i = Math.max(0, line.upTo.findIndex((m) => m >= d) - 1);
  const [a, b, s, e] = [line.points[i], line.points[i + 1], line.upTo[i], line.upTo[i + 1]];
  if (a === undefined) return null;
  if (b === undefined || s === undefined || e === undefined || e === s) return a;
  const f = Math.min(1, (d - s) / (e - s));
  return [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f];
}

// part is the stretch of a line between two lengths; empty when it has none.
export function part(line: Line, from: number, to: number): LngLat[] {
  const [a, b] = [pointAt(line, from), pointAt(line, to)];
  if (a === null || b === null || to <= from) return [];
  const between = line.points.filter((_, i) => (line.upTo[i] ?? 0) > from && (line.upTo[i] ?? 0) < to);
  return [a, ...between, b];
}

// circle is a ring round a point, for showing how sure a position is.
export function circle(at: LngLat, radius: number, corners = 48): LngLat[] {
  const shrink = Math.max(0.01, Math.cos(at[1] * rad));
  return Array.from({ length: corners + 1 }, (_, i) => {
    const a = (i / corners) * 2 * Math.PI;
    return [at[0] + (Math.sin(a) * radius) / metresPerDegree / shrink, at[1] + (Math.cos(a) * radius) / metresPerDegree];
  });
}
