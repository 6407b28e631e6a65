// The corners of borders between parts: what the border tool takes hold of.
import type { LngLat } from "../api/types";
import type { Board } from "./board";
import { at } from "./topology";

// borderVertices are the corners on borders of parts within a box, at most so many.
export function borderVertices(board: Board, [[w, s], [e, n]]: [LngLat, LngLat], most: number): LngLat[] {
  const out = new Map<string, LngLat>();
  for (const { unit, other, line } of board.topology.arcs) {
    if (other < 0 || at(board.part, unit) === at(board.part, other)) continue;
    for (const p of line) {
      if (p[0] < w || p[0] > e || p[1] < s || p[1] > n) continue;
      out.set(p.join(), p);
      if (out.size >= most) return [...out.values()];
    }
  }
  return [...out.values()];
}

// nearestVertex is the corner of a border of parts that is nearest to a place, to
// the bit as it came; null when none is within so many metres.
export function nearestVertex(board: Board, p: LngLat, withinM: number): LngLat | null {
  const [sx, sy] = board.topology.scale;
  let best: LngLat | null = null;
  let nearest = withinM;
  for (const { unit, other, line } of board.topology.arcs) {
    if (other < 0 || at(board.part, unit) === at(board.part, other)) continue;
    for (const v of line) {
      const d = Math.hypot((v[0] - p[0]) * sx, (v[1] - p[1]) * sy);
      if (d <= nearest) [best, nearest] = [v, d];
    }
  }
  return best;
}

// ties are the corners that an edge joins to this one.
export function ties(board: Board, v: LngLat): LngLat[] {
  const out: LngLat[] = [];
  const same = (p: LngLat | undefined) => p !== undefined && p[0] === v[0] && p[1] === v[1];
  for (const { line } of board.topology.arcs)
    line.forEach((p, i) => {
      if (!same(p)) return;
      for (const next of [line[i - 1], line[i + 1]]) if (next !== undefined) out.push(next);
    });
  return out;
}
