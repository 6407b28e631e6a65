// How far an officer has come on a walk, and what is next. The server says it
// from stored positions; the phone reckons on from its own, so that a street
// turns solid underfoot without a signal too.
import type { LngLat } from "../api/types";
import type { Walk, WalkStop } from "../live/wire";
import { bearing, measure, metres, nearest, pointAt, type Line } from "./ground";

export const near = 25; // metres from the line that still count as on it
const ahead = 400; // metres of the line that a gap between positions may skip
const reach = 60; // metres ahead that the arrow points along the street

// A Track is a walk with its lengths: each stop from where to where on the line.
export interface Track {
  walk: Walk;
  line: Line;
  stops: { stop: WalkStop; from: number; to: number }[];
}

export function track(walk: Walk): Track {
  const line = measure(walk.line);
  let from = 0;
  const stops = walk.stops.map((stop) => {
    // The line may pass by a place twice: a stop is the first time after the one before it.
    const spot = firstNear(line, stop.at, from);
    const begin = Math.max(from, spot);
    from = Math.min(line.length, begin + stop.metres);
    return { stop, from: begin, to: from };
  });
  return { walk, line, stops };
}

function firstNear(line: Line, at: LngLat, from: number): number {
  const closest = nearest(line, at, from);
  if (closest === null) return from;
  // of the places that are as good as the closest, the first
  for (let to = from + 50; to < closest.along; to += 50) {
    const spot = nearest(line, at, from, to);
    if (spot !== null && spot.off <= closest.off + 2) return spot.along;
  }
  return closest.along;
}

// advance is how much of the line is walked after a position: never less.
export function advance(t: Track, done: number, at: LngLat, accuracy: number): number {
  const limit = Math.max(near, Math.min(accuracy, 2 * near));
  for (let to = done + 50; ; to += 50) {
    const spot = nearest(t.line, at, done, Math.min(to, done + ahead));
    if (spot !== null && spot.off <= limit && spot.along < Math.min(to, done + ahead) - 0.01) return Math.max(done, spot.along);
    if (to >= done + ahead || to > t.line.length + 50) return spot !== null && spot.off <= limit ? Math.max(done, spot.along) : done;
  }
}

// A Goal is what the phone shows huge: a street to go to, or to go on along.
export interface Goal {
  index: number;
  stop: WalkStop;
  on: boolean; // walking it now
  left: number; // metres of it that are left
  distance: number | null; // metres to its begin; null without a position, or when on it
  direction: number | null; // degrees from north to where to go
}

// slack is how much of a stop's end may be missing: a corner is cut.
const slack = 15;

export function goal(t: Track, done: number, at: LngLat | null): Goal | null {
  const index = t.stops.findIndex((s) => s.to - slack > done && s.to > s.from);
  const s = t.stops[index];
  if (s === undefined) return null;
  const on = done > s.from + 1;
  const to = on ? pointAt(t.line, Math.min(s.to, done + reach)) : pointAt(t.line, s.from);
  return {
    index,
    stop: s.stop,
    on,
    left: Math.min(s.to - s.from, s.to - done),
    distance: on || at === null || to === null ? null : metres(at, to),
    direction: at === null || to === null ? null : bearing(at, to),
  };
}

// walked is the share of a walk's own streets that is done, 0..1.
export function walked(t: Track, done: number): number {
  const all = t.stops.reduce((sum, s) => sum + s.to - s.from, 0);
  const behind = t.stops.reduce((sum, s) => sum + Math.min(s.to, Math.max(s.from, done)) - s.from, 0);
  return all === 0 ? 0 : behind / all;
}
