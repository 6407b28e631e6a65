// The Board is a draft's paint as the page holds it: which unit grid is whose, and
// what that makes of each part. Painting a unit grid costs its few neighbours, so
// bars and borders follow the brush.
import type { UnitFeature } from "../api/drafts";
import type { LngLat } from "../api/types";
import { at, topology, type Topology } from "./topology";

export interface Totals {
  units: number;
  minutes: number;
  areaM2: number;
  perimeterM: number;
}

// A Painted is one unit grid's change, by position in the list.
export interface Painted {
  unit: number;
  from: number;
  to: number;
}

export class Board {
  readonly units: readonly UnitFeature[];
  readonly topology: Topology;
  readonly minutes: Float64Array;
  readonly part: Int32Array; // of each unit, 0 = none
  readonly totals = new Map<number, Totals>();
  private readonly position = new Map<number, number>(); // of a unit's id

  constructor(units: readonly UnitFeature[]) {
    this.units = units;
    this.topology = topology(units);
    this.minutes = Float64Array.from(units, (u) => u.properties.minutes);
    this.part = Int32Array.from(units, (u) => u.properties.part);
    units.forEach((u, i) => this.position.set(u.properties.id, i));
    this.part.forEach((part, i) => this.count(part, i, 1));
    for (const { unit, other, lengthM } of this.topology.arcs) if (other >= 0 && this.part[unit] === this.part[other]) this.of(at(this.part, unit)).perimeterM -= 2 * lengthM;
  }

  positionOf(id: number): number | undefined {
    return this.position.get(id);
  }

  idAt(position: number): number {
    return this.units[position]?.properties.id ?? 0;
  }

  // paint gives unit grids to a part and says which changed.
  paint(positions: Iterable<number>, to: number): Painted[] {
    const changed: Painted[] = [];
    for (const unit of positions) {
      const from = at(this.part, unit);
      if (from === to) continue;
      this.count(from, unit, -1);
      this.count(to, unit, 1);
      for (const i of this.topology.byUnit[unit] ?? []) {
        const arc = this.topology.arcs[i];
        if (arc === undefined || arc.other < 0) continue;
        const beyond = at(this.part, arc.unit === unit ? arc.other : arc.unit);
        if (beyond === from) this.of(from).perimeterM += 2 * arc.lengthM;
        if (beyond === to) this.of(to).perimeterM -= 2 * arc.lengthM;
      }
      this.part[unit] = to;
      changed.push({ unit, from, to });
    }
    return changed;
  }

  // neighbours of a unit grid, each once.
  neighbours(unit: number): number[] {
    const out = new Set<number>();
    for (const i of this.topology.byUnit[unit] ?? []) {
      const arc = this.topology.arcs[i];
      if (arc === undefined || arc.other < 0) continue;
      out.add(arc.unit === unit ? arc.other : arc.unit);
    }
    return [...out];
  }

  // pieces is in how many pieces each part lies.
  pieces(part: Int32Array = this.part): Map<number, number> {
    const seen = new Uint8Array(part.length);
    const out = new Map<number, number>();
    for (let start = 0; start < part.length; start++) {
      if (seen[start] === 1) continue;
      const own = at(part, start);
      out.set(own, (out.get(own) ?? 0) + 1);
      const open = [start];
      seen[start] = 1;
      for (let unit = open.pop(); unit !== undefined; unit = open.pop())
        for (const next of this.neighbours(unit))
          if (seen[next] !== 1 && part[next] === own) {
            seen[next] = 1;
            open.push(next);
          }
    }
    return out;
  }

  // borders is how long the border of each pair of parts is, "a b" with a < b.
  borders(part: Int32Array = this.part): Map<number, Map<number, number>> {
    const out = new Map<number, Map<number, number>>();
    const add = (a: number, b: number, m: number) => {
      let row = out.get(a);
      if (row === undefined) out.set(a, (row = new Map<number, number>()));
      row.set(b, (row.get(b) ?? 0) + m);
    };
    for (const { unit, other, lengthM } of this.topology.arcs) {
      if (other < 0) continue;
      const a = at(part, unit);
      const b = at(part, other);
      if (a === b || a === 0 || b === 0) continue;
      add(a, b, lengthM);
      add(b, a, lengthM);
    }
    return out;
  }

  // hearts is where each part's name stands: in the unit grid that is the most
  // steps from the part's border, of several the one nearest its middle.
  hearts(part: Int32Array = this.part): Map<number, number> {
    const { arcs, middle } = this.topology;
    const depth = new Int32Array(part.length).fill(-1);
    let ring: number[] = [];
    for (const { unit, other } of arcs)
      for (const [a, b] of [[unit, other], [other, unit]] as const)
        if (a >= 0 && depth[a] === -1 && (b < 0 || part[a] !== part[b])) {
          depth[a] = 0;
          ring.push(a);
        }
    for (let d = 1; ring.length > 0; d++) {
      const next: number[] = [];
      for (const unit of ring)
        for (const n of this.neighbours(unit))
          if (depth[n] === -1) {
            depth[n] = d;
            next.push(n);
          }
      ring = next;
    }
    const centre = new Map<number, [x: number, y: number, n: number]>();
    part.forEach((p, i) => {
      const [x, y] = middle[i] ?? [0, 0];
      const c = centre.get(p) ?? [0, 0, 0];
      const w = this.topology.areaM2[i] ?? 0;
      centre.set(p, [c[0] + x * w, c[1] + y * w, c[2] + w]);
    });
    const out = new Map<number, number>();
    const score = new Map<number, number>();
    const [sx, sy] = this.topology.scale;
    part.forEach((p, i) => {
      const [x, y, n] = centre.get(p) ?? [0, 0, 1];
      const [mx, my] = middle[i] ?? [0, 0];
      const away = Math.hypot((mx - x / n) * sx, (my - y / n) * sy);
      const s = at(depth, i) * 1e7 - away;
      if (s > (score.get(p) ?? -Infinity)) {
        score.set(p, s);
        out.set(p, i);
      }
    });
    return out;
  }

  // bounds of some unit grids.
  bounds(positions: Iterable<number>): [LngLat, LngLat] | null {
    let [w, s, e, n] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const i of positions) {
      const b = this.topology.box[i];
      if (b === undefined) continue;
      [w, s, e, n] = [Math.min(w, b[0]), Math.min(s, b[1]), Math.max(e, b[2]), Math.max(n, b[3])];
    }
    return w > e ? null : [[w, s], [e, n]];
  }

  unitsOf(part: number): number[] {
    const out: number[] = [];
    this.part.forEach((p, i) => {
      if (p === part) out.push(i);
    });
    return out;
  }

  private of(part: number): Totals {
    let t = this.totals.get(part);
    if (t === undefined) this.totals.set(part, (t = { units: 0, minutes: 0, areaM2: 0, perimeterM: 0 }));
    return t;
  }

  private count(part: number, unit: number, sign: 1 | -1): void {
    const t = this.of(part);
    t.units += sign;
    t.minutes += sign * at(this.minutes, unit);
    t.areaM2 += sign * at(this.topology.areaM2, unit);
    t.perimeterM += sign * at(this.topology.perimeterM, unit);
  }
}

// compactness is the ratio of Polsby and Popper (1991): 1 for a disc.
export function compactness(t: Totals): number {
  return t.perimeterM > 0 ? Math.min(1, (4 * Math.PI * t.areaM2) / t.perimeterM ** 2) : 0;
}

// balance is max/mean of the work of the parts that have any ground.
export function balance(totals: ReadonlyMap<number, Totals>): { mean: number; max: number; worst: number } {
  const own = [...totals].filter(([part, t]) => part !== 0 && t.units > 0);
  const sum = own.reduce((s, [, t]) => s + t.minutes, 0);
  const mean = own.length === 0 ? 0 : sum / own.length;
  const [worst, top] = own.reduce<[number, number]>((w, [part, t]) => (t.minutes > w[1] ? [part, t.minutes] : w), [0, 0]);
  return { mean, max: mean > 0 ? top / mean : 0, worst };
}
