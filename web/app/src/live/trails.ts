// Trails are where units went lately, as far as this page has seen it. What is
// older, or wasn't on the map, the server is asked for, and notes who asks.
import type { LngLat } from "../api/types";
import { flatMetres, type Units, type UnitsChange } from "./units";

export interface Mark {
  at: LngLat;
  ms: number; // of the position, the server's
}

export const trailMs = 15 * 60_000;
const most = 60; // marks of a unit
const leastMetres = 6; // nearer than that it stands still

export class Trails {
  private readonly byId = new Map<string, Mark[]>();

  constructor(units: Units) {
    units.onChange((c) => this.take(c));
  }

  of(id: string): readonly Mark[] {
    return this.byId.get(id) ?? [];
  }

  private take(change: UnitsChange): void {
    for (const { unit, to, ms } of change.moved) {
      const marks = this.byId.get(unit.id);
      const last = marks?.at(-1);
      if (marks === undefined || last === undefined) {
        this.byId.set(unit.id, [{ at: to, ms }]);
        continue;
      }
      if (ms <= last.ms || flatMetres(last.at, to) < leastMetres) continue;
      marks.push({ at: to, ms });
      if (marks.length > most || ms - (marks[0]?.ms ?? ms) > trailMs) marks.shift();
    }
    // Who leaves the map comes back somewhere else: a line between would be invented.
    for (const id of change.gone) this.byId.delete(id);
  }
}
