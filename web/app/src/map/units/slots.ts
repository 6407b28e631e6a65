// Slots are the units as the graphics card holds them: one row of numbers each.
import { shownAt, type Moving } from "../../live/units";
import type { LngLat } from "../../api/types";
import { gradeCell, kindCell, teamCell } from "./signs";

export const floats = 12;
export const block = 256; // there is always room for a whole number of these

export type Point2 = [number, number];

// mercator is the square of the world, 0..1, y down.
export function mercator([lon, lat]: LngLat): Point2 {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [(lon + 180) / 360, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
}

// What a unit's body is filled by.
export const fills = { on: 0, busy: 1, off: 2, dog: 3 } as const;

export function fillOf(m: Moving): number {
  if (m.unit.kind === "dog") return fills.dog;
  return fills[m.unit.duty ?? "on"];
}

// Under 1 km/h a heading is noise.
const headingFrom = 1;

function headingOf({ unit }: Moving): number {
  if (unit.heading === undefined || unit.kind === "dog" || (unit.speed_kmh ?? headingFrom) < headingFrom) return -1;
  return unit.heading;
}

export class Slots {
  data = new Float32Array(block * floats);
  readonly ids: string[] = [];
  private readonly places = new Map<string, number>();
  // 32 bits are 2.4 m of the world; so places are told from an origin nearby, and
  // times from an epoch.
  origin: Point2 | null = null;

  constructor(
    public epoch: number, // ours, ms
    public serverEpoch: number, // the server's, ms
  ) {}

  get size(): number {
    return this.ids.length;
  }

  place(id: string): number | undefined {
    return this.places.get(id);
  }

  put(m: Moving): number {
    const to = mercator(m.to);
    this.origin ??= to;
    const [ox, oy] = this.origin;
    const from = m.took > 0 ? mercator(m.from) : to;
    let i = this.places.get(m.unit.id);
    if (i === undefined) {
      i = this.ids.push(m.unit.id) - 1;
      this.places.set(m.unit.id, i);
      this.grow(i + 1);
    }
    this.data.set(
      [
        from[0] - ox, from[1] - oy, to[0] - ox, to[1] - oy,
        m.start - this.epoch, m.took, (m.ms - this.serverEpoch) / 1000, headingOf(m),
        kindCell(m.unit.kind), fillOf(m), gradeCell(m.unit.alert), teamCell(m.unit.team),
      ],
      i * floats,
    );
    return i;
  }

  // remove puts the last in the place of who goes.
  remove(id: string): void {
    const i = this.places.get(id);
    const last = this.ids.length - 1;
    const lastId = this.ids[last];
    if (i === undefined || lastId === undefined) return;
    this.data.copyWithin(i * floats, last * floats, (last + 1) * floats);
    this.ids[i] = lastId;
    this.places.set(lastId, i);
    this.ids.pop();
    this.places.delete(id);
  }

  clear(): void {
    this.ids.length = 0;
    this.places.clear();
    this.origin = null;
  }

  private grow(size: number): void {
    if (size * floats <= this.data.length) return;
    const larger = new Float32Array(this.data.length * 2);
    larger.set(this.data);
    this.data = larger;
  }
}

// A Glide is when the last unit will be there, and how fast the fastest is.
export interface Glide {
  until: number; // ours, ms
  speed: number; // of the world's width in a ms
}

export function glide(units: Iterable<Moving>, now: number): Glide {
  const g: Glide = { until: 0, speed: 0 };
  for (const m of units) {
    const end = m.start + m.took;
    if (m.took <= 0 || end <= now) continue;
    g.until = Math.max(g.until, end);
    const [ax, ay] = mercator(m.from);
    const [bx, by] = mercator(m.to);
    g.speed = Math.max(g.speed, Math.hypot(ax - bx, ay - by) / m.took);
  }
  return g;
}

// both is a glide that goes on and one that begins.
export function both(was: Glide, next: Glide, now: number): Glide {
  if (now >= was.until) return next;
  return { until: Math.max(was.until, next.until), speed: Math.max(was.speed, next.speed) };
}

// nextFrame is how long the map may rest, in ms, so that nobody is seen to jump:
// a third of a pixel at the fastest. Infinity when nothing moves.
export function nextFrame(g: Glide, now: number, worldPx: number): number {
  if (now >= g.until) return Infinity;
  return Math.min(250, Math.max(1000 / 60, 0.34 / Math.max(1e-9, g.speed * worldPx)));
}

// A Projector gives the pixel of a point of the world, told from the origin.
export type Projector = (x: number, y: number) => Point2;

export function projector(matrix: ArrayLike<number>, width: number, height: number): Projector {
  const at = (i: number) => matrix[i] ?? 0;
  return (x, y) => {
    const w = at(3) * x + at(7) * y + at(15);
    const cx = (at(0) * x + at(4) * y + at(12)) / w;
    const cy = (at(1) * x + at(5) * y + at(13)) / w;
    return [((cx + 1) / 2) * width, ((1 - cy) / 2) * height];
  };
}

// translated is matrix times a move by the origin, in 64 bits.
export function translated(matrix: ArrayLike<number>, [x, y]: Point2): Float64Array {
  const out = Float64Array.from(matrix);
  for (let row = 0; row < 4; row++) out[12 + row] = (matrix[row] ?? 0) * x + (matrix[4 + row] ?? 0) * y + (matrix[12 + row] ?? 0);
  return out;
}

export interface Found {
  id: string;
  px: number; // how far from the pointer
}

// near lists the units within a distance of a pixel, the nearest first.
export function near(units: Iterable<Moving>, origin: Point2, project: Projector, now: number, at: Point2, px: number): Found[] {
  const out: Found[] = [];
  for (const m of units) {
    const [x, y] = mercator(shownAt(m, now));
    const [sx, sy] = project(x - origin[0], y - origin[1]);
    const d = Math.hypot(sx - at[0], sy - at[1]);
    if (d <= px) out.push({ id: m.unit.id, px: d });
  }
  return out.sort((a, b) => a.px - b.px);
}
