// Units are where everything that moves is. They are not React's: the map layer
// listens here and draws, and panels look at one of them when they want.
import type { LngLat } from "../api/types";
import type { Position } from "./positions";
import type { Unit } from "./wire";

// A Moving is a unit on its way from where it was shown to where it is.
export interface Moving {
  unit: Unit;
  ms: number; // time of its position, server's, since 1970
  from: LngLat; // shown there at start ...
  to: LngLat; // ... and here after took
  start: number; // ours, ms of performance.now
  took: number; // ms; 0 = it is there
  heard: number; // when the position came, ours
}

export interface UnitsChange {
  moved: readonly Moving[];
  gone: readonly string[];
  all: boolean; // everything is new
}

// A glide lasts as long as the unit was silent, within this: a dog's tag may
// report once a minute, and a map that is a minute behind lies.
const longestGlide = 3000;
const shortestGlide = 250;
const jumpMetres = 1500; // nothing of ours goes that far in a glide

// shownAt is where a unit is on the screen at a moment.
export function shownAt(m: Moving, at: number): LngLat {
  if (m.took <= 0) return m.to;
  const f = Math.min(1, Math.max(0, (at - m.start) / m.took));
  return [m.from[0] + (m.to[0] - m.from[0]) * f, m.from[1] + (m.to[1] - m.from[1]) * f];
}

export function flatMetres(a: LngLat, b: LngLat): number {
  const shrink = Math.cos((((a[1] + b[1]) / 2) * Math.PI) / 180);
  return Math.hypot((a[0] - b[0]) * shrink, a[1] - b[1]) * 111_195;
}

export class Units {
  private readonly byId = new Map<string, Moving>();
  private readonly byNumber = new Map<number, string>();
  private readonly listeners = new Set<(change: UnitsChange) => void>();
  still = false; // for who wants no motion

  constructor(private readonly ticks: () => number = () => performance.now()) {}

  get(id: string): Moving | undefined {
    return this.byId.get(id);
  }

  all(): IterableIterator<Moving> {
    return this.byId.values();
  }

  get size(): number {
    return this.byId.size;
  }

  onChange(hear: (change: UnitsChange) => void): () => void {
    this.listeners.add(hear);
    return () => this.listeners.delete(hear);
  }

  // snapshot takes the place of all that was; who stays glides on.
  snapshot(units: readonly Unit[]): void {
    const stay = new Set(units.map((u) => u.id));
    const gone = [...this.byId.keys()].filter((id) => !stay.has(id));
    gone.forEach((id) => this.byId.delete(id));
    this.byNumber.clear();
    const moved = units.map((u) => this.take(u));
    this.tell({ moved, gone, all: true });
  }

  put(units: readonly Unit[]): void {
    this.tell({ moved: units.map((u) => this.take(u)), gone: [], all: false });
  }

  move(positions: readonly Position[]): void {
    const moved: Moving[] = [];
    for (const p of positions) {
      const id = this.byNumber.get(p.n);
      const was = id === undefined ? undefined : this.byId.get(id);
      if (was === undefined) continue; // it left meanwhile
      const unit: Unit = { ...was.unit, at: p.at, t: new Date(p.ms).toISOString(), heading: p.heading ?? undefined, speed_kmh: p.speed ?? undefined };
      moved.push(this.place(unit, p.ms));
    }
    this.tell({ moved, gone: [], all: false });
  }

  gone(ids: readonly string[]): void {
    for (const id of ids) {
      const was = this.byId.get(id);
      if (was !== undefined && this.byNumber.get(was.unit.n) === id) this.byNumber.delete(was.unit.n);
      this.byId.delete(id);
    }
    this.tell({ moved: [], gone: ids, all: false });
  }

  clear(): void {
    this.snapshot([]);
  }

  private take(unit: Unit): Moving {
    this.byNumber.set(unit.n, unit.id);
    return this.place(unit, Date.parse(unit.t));
  }

  private place(unit: Unit, ms: number): Moving {
    const now = this.ticks();
    const was = this.byId.get(unit.id);
    const next: Moving = { unit, ms, from: unit.at, to: unit.at, start: now, took: 0, heard: now };
    if (was !== undefined && was.ms === ms && was.to[0] === unit.at[0] && was.to[1] === unit.at[1]) {
      // Its state changed, not its place: the glide goes on.
      Object.assign(next, { from: was.from, to: was.to, start: was.start, took: was.took, heard: was.heard });
    } else if (was !== undefined && !this.still) {
      next.from = shownAt(was, now);
      const metres = flatMetres(next.from, next.to);
      if (metres < jumpMetres && metres > 0.05) next.took = Math.min(longestGlide, Math.max(shortestGlide, now - was.heard));
    }
    this.byId.set(unit.id, next);
    return next;
  }

  private tell(change: UnitsChange): void {
    if (change.moved.length > 0 || change.gone.length > 0 || change.all) this.listeners.forEach((hear) => hear(change));
  }
}
