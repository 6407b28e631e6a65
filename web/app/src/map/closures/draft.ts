// A draft is a closure that is being drawn: which streets, before anything is said of
// them. The desk has it, the map shows it.
import type { Closure, Drawn } from "../../api/closures";
import type { LngLat } from "../../api/types";

export const modes = ["pick", "line", "area"] as const;
export type Mode = (typeof modes)[number];

export interface Draft {
  mode: Mode;
  points: LngLat[];
  streets: LngLat[][]; // what the server says is meant
  of: Closure | null; // the closure that is changed; null: a new one
}

export const emptyDraft = (at: LngLat | null = null): Draft => ({ mode: "pick", points: at === null ? [] : [at], streets: [], of: null });

export function draftOf(c: Closure): Draft {
  const { type, coordinates } = c.drawn as Drawn;
  if (type === "Polygon") return { mode: "area", points: ((coordinates as LngLat[][])[0] ?? []).slice(0, -1), streets: [], of: c };
  return { mode: type === "LineString" ? "line" : "pick", points: coordinates as LngLat[], streets: [], of: c };
}

// drawnOf is what is sent; null while there is too little.
export function drawnOf({ mode, points }: Pick<Draft, "mode" | "points">): Drawn | null {
  const [first] = points;
  if (first === undefined) return null;
  if (mode === "pick") return { type: "MultiPoint", coordinates: points };
  if (mode === "line") return points.length < 2 ? null : { type: "LineString", coordinates: points };
  return points.length < 3 ? null : { type: "Polygon", coordinates: [[...points, first]] };
}
