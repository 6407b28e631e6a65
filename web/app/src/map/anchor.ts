// Where a name stands on an area: the point inside it that is farthest from its
// border, by splitting squares until none can hold a better one (Agafonkin,
// "A new algorithm for finding a visual center of a polygon", 2016).
import type { MultiPolygon, Polygon, Position } from "geojson";
import type { LngLat } from "../api/types";

// rings gives the rings of an area, each polygon's outer one first.
export function polygons(area: Polygon | MultiPolygon): Position[][][] {
  return area.type === "Polygon" ? [area.coordinates] : area.coordinates;
}

// contains holds by the even-odd rule. A point on a border belongs to the area
// just east of it, or north of a border that runs due east: as on the server, so
// that a point has one owner.
export function contains(area: Polygon | MultiPolygon, [x, y]: LngLat): boolean {
  let inside = false;
  for (const ring of polygons(area).flat())
    eachEdge(ring, (ax, ay, bx, by) => {
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
    });
  return inside;
}

function eachEdge(ring: Position[], edge: (ax: number, ay: number, bx: number, by: number) => void): void {
  for (let i = 1; i < ring.length; i++) {
    const [a, b] = [ring[i - 1], ring[i]];
    if (a !== undefined && b !== undefined) edge(a[0] ?? 0, a[1] ?? 0, b[0] ?? 0, b[1] ?? 0);
  }
}

interface Square {
  x: number;
  y: number;
  half: number;
  depth: number; // how far inside the middle is; negative outside
  best: number; // no point of the square is deeper
}

const precision = 0.02; // of the area's shorter side; a name needs no more

// anchor is where the name of an area stands: in its largest piece.
export function anchor(area: Polygon | MultiPolygon): LngLat {
  const pieces = polygons(area).map((rings) => ({ rings, box: bounds(rings[0] ?? []) }));
  const largest = pieces.reduce((a, b) => (size(b.box) > size(a.box) ? b : a), pieces[0] ?? { rings: [], box: [0, 0, 0, 0] as const });
  const [w, s, e, n] = largest.box;
  const shrink = Math.cos((((s + n) / 2) * Math.PI) / 180) || 1;
  // On the plane, where a degree is as long either way.
  const rings = largest.rings.map((ring) => ring.map(([x, y]) => [(x ?? 0) * shrink, y ?? 0]));
  const [width, height] = [(e - w) * shrink, n - s];
  const middle: LngLat = [(w + e) / 2, (s + n) / 2];
  const side = Math.min(width, height);
  if (!(side > 0)) return Number.isFinite(side) ? middle : [0, 0];
  const square = (x: number, y: number, half: number): Square => {
    const depth = depthAt(rings, x, y);
    return { x, y, half, depth, best: depth + half * Math.SQRT2 };
  };
  let best = square(middle[0] * shrink, middle[1], 0);
  const open: Square[] = [];
  for (let x = w * shrink; x < e * shrink; x += side) for (let y = s; y < n; y += side) open.push(square(x + side / 2, y + side / 2, side / 2));
  for (let tried = 0; open.length > 0 && tried < 400; tried++) {
    open.sort((a, b) => a.best - b.best);
    const next = open.pop();
    if (next === undefined) break;
    if (next.depth > best.depth) best = next;
    if (next.best - best.depth <= precision * side) continue;
    const h = next.half / 2;
    for (const [dx, dy] of [[-h, -h], [h, -h], [-h, h], [h, h]] as const) open.push(square(next.x + dx, next.y + dy, h));
  }
  return [best.x / shrink, best.y];
}

function depthAt(rings: number[][][], x: number, y: number): number {
  let side = -1; // outside
  let nearest = Infinity;
  for (const ring of rings)
    eachEdge(ring, (ax, ay, bx, by) => {
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) side = -side;
      const [dx, dy] = [bx - ax, by - ay];
      const long = dx * dx + dy * dy;
      const f = long === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / long));
      nearest = Math.min(nearest, Math.hypot(ax + f * dx - x, ay + f * dy - y));
    });
  return side * nearest;
}

function bounds(ring: Position[]): readonly [number, number, number, number] {
  return ring.reduce<readonly [number, number, number, number]>(
    ([w, s, e, n], [x = 0, y = 0]) => [Math.min(w, x), Math.min(s, y), Math.max(e, x), Math.max(n, y)],
    [Infinity, Infinity, -Infinity, -Infinity],
  );
}

function size([w, s, e, n]: readonly [number, number, number, number]): number {
  return (e - w) * (n - s);
}
