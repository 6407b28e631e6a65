// What the patrol map draws: pure, so that it is tested without a map.
import type { Feature, FeatureCollection } from "geojson";
import type { LngLat } from "../api/types";
import { measure, part } from "../phone/ground";
import type { Coverage, Walk } from "./requests";

// So many stops to come have their numbers from afar; the others when there is room.
const soon = 12;

const collection = (features: Feature[]): FeatureCollection => ({ type: "FeatureCollection", features });
const line = (properties: Record<string, unknown>, coordinates: LngLat[]): Feature => ({ type: "Feature", properties, geometry: { type: "LineString", coordinates } });

// walkFeatures is the walks, what is behind and what is to come, and of the one that
// is chosen its stops with their numbers.
export function walkFeatures(walks: readonly Walk[], chosen: Walk | null): FeatureCollection {
  const out: Feature[] = [];
  for (const w of walks) {
    const on = chosen?.shift === w.shift;
    if (chosen !== null && !on) continue;
    const l = measure(w.line as LngLat[]);
    const behind = part(l, 0, w.done_m);
    const rest = part(l, w.done_m, l.length);
    if (rest.length > 1) out.push(line({ part: "rest", on }, rest));
    if (behind.length > 1) out.push(line({ part: "done", on }, behind));
  }
  // The nearest stops come last, and so on top.
  for (const s of [...(chosen?.stops ?? [])].reverse())
    out.push({ type: "Feature", properties: { part: "stop", n: String(s.n), done: s.done, now: s.n - 1 === chosen?.next, soon: chosen !== null && chosen.next >= 0 && s.n > chosen.next && s.n <= chosen.next + soon }, geometry: { type: "Point", coordinates: s.at as LngLat } });
  return collection(out);
}

export function unseenFeatures(unseen: readonly Coverage["unseen"][number][]): FeatureCollection {
  return collection(unseen.flatMap((u) => u.lines.map((l) => line({ walk: u.walk !== null }, l as LngLat[]))));
}

// A Turn is something that a walk is still to see: a street, or the spots of a call.
export interface Turn {
  id: string;
  street: string;
  names: Walk["calls"][number]["spots"][number]["name"][] | null; // of spots; null: a street
  at: LngLat;
  eta: string;
  reason: Walk["stops"][number]["reason"];
}

// toCome is what is still to be seen of a walk, in its order.
export function toCome(w: Walk): Turn[] {
  const streets = w.stops.filter((s) => !s.done).map((s): Turn => ({ id: `s${s.n}`, street: s.street, names: null, at: s.at as LngLat, eta: s.eta, reason: s.reason }));
  const calls = w.calls.filter((c) => !c.done).map((c): Turn => ({ id: `c${c.n}`, street: "", names: c.spots.map((x) => x.name), at: c.at as LngLat, eta: c.eta, reason: c.reason }));
  return [...calls, ...streets].sort((a, b) => Date.parse(a.eta) - Date.parse(b.eta));
}
