// What a route is made of, as far as it can be said without a map.
import type { LngLat, Route } from "../../api/types";

export type Way = Pick<Route, "distance_m" | "duration_s" | "geometry" | "streets" | "steps">;
export type Step = Way["steps"][number];

// waysOf are the best way and the others.
export function waysOf(route: Route | null): readonly Way[] {
  return route === null ? [] : [route, ...route.alternatives];
}

// wayOf is the chosen one of them; the best one where fewer came than before.
export function wayOf(route: Route | null, pick: number): Way | null {
  const all = waysOf(route);
  return all[pick] ?? all[0] ?? null;
}

// mainStreet tells ways apart: the longest street that the others don't have, else
// the longest.
export function mainStreet(way: Way, others: readonly Way[]): string {
  const long = [...way.streets].filter((s) => s.name !== "").sort((a, b) => b.distance_m - a.distance_m);
  const own = long.find((s) => !others.some((o) => o !== way && o.streets.some((x) => x.name === s.name)));
  return (own ?? long[0])?.name ?? "";
}

// placeOf is where along the points on the way a new one goes, that was pulled out of
// the line at a place: behind those that the line passes before.
export function placeOf(line: readonly LngLat[], stops: readonly LngLat[], at: LngLat): number {
  const pulled = along(line, at);
  return stops.filter((s) => along(line, s) <= pulled).length;
}

// along is where on a line a point is nearest to it, in segments from its start.
function along(line: readonly LngLat[], p: LngLat): number {
  const shrink = Math.cos((p[1] * Math.PI) / 180);
  let best = Infinity;
  let where = 0;
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1] ?? p;
    const b = line[i] ?? p;
    const [dx, dy] = [(b[0] - a[0]) * shrink, b[1] - a[1]];
    const [px, py] = [(p[0] - a[0]) * shrink, p[1] - a[1]];
    const length = dx * dx + dy * dy;
    const f = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
    const off = Math.hypot(px - f * dx, py - f * dy);
    if (off < best) {
      best = off;
      where = i - 1 + f;
    }
  }
  return where;
}
