import type { Feature, FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { LngLat, Route } from "../../api/types";
import { palette, type Theme } from "../../tokens/tokens";
import { beneath } from "../style/style";
import { wayOf, waysOf, type Way } from "./ways";

// Drawn is what of a route is on the map.
export interface Drawn {
  route: Route | null;
  pick: number; // which of its ways
  step: number | null; // of that way, pointed at
  from: LngLat | null; // as asked
  to: LngLat | null;
  via: readonly LngLat[];
}

export const noRoute: Drawn = { route: null, pick: 0, step: null, from: null, to: null, via: [] };

// features makes the line, the other ways beneath it, the dotted ends between the
// asked and the found points, and the part that belongs to the step pointed at.
export function features({ route, pick, step, from, to, via }: Drawn): FeatureCollection {
  const way = wayOf(route, pick);
  if (route === null || way === null) return { type: "FeatureCollection", features: [] };
  const line = (part: string, coordinates: LngLat[], more?: object): Feature => ({ type: "Feature", properties: { part, ...more }, geometry: { type: "LineString", coordinates } });
  const out: Feature[] = waysOf(route).flatMap((w, i) => (w === way ? [] : [line("other", w.geometry.coordinates, { way: i })]));
  out.push(line("way", way.geometry.coordinates));
  if (from !== null && route.from.snap_m > 2) out.push(line("snap", [from, route.from.at]));
  if (to !== null && route.to.snap_m > 2) out.push(line("snap", [route.to.at, to]));
  route.stops.forEach((stop, i) => {
    const asked = via[i];
    if (asked !== undefined && stop.snap_m > 2) out.push(line("snap", [asked, stop.at]));
  });
  if (step !== null) {
    const { start, end } = stretch(way, step);
    const part = cut(way.geometry.coordinates, start, end);
    if (end > start && part.length > 1) out.push(line("step", part));
  }
  return { type: "FeatureCollection", features: out };
}

// stretch says where along a way a step begins and ends, as fractions.
export function stretch(way: Way, step: number): { start: number; end: number } {
  const total = way.steps.reduce((sum, s) => sum + s.distance_m, 0);
  if (total <= 0) return { start: 0, end: 0 };
  const before = way.steps.slice(0, step).reduce((sum, s) => sum + s.distance_m, 0);
  return { start: before / total, end: (before + (way.steps[step]?.distance_m ?? 0)) / total };
}

// cut returns the part of a line between two fractions of its length. Lengths
// are on the plane with longitudes shrunk at the line's latitude: the line is a
// few kilometres long, and the error is far under a pixel.
export function cut(line: LngLat[], start: number, end: number): LngLat[] {
  const shrink = Math.cos(((line[0]?.[1] ?? 0) * Math.PI) / 180);
  const lengths = line.slice(1).map((p, i) => {
    const q = line[i] ?? p;
    return Math.hypot((p[0] - q[0]) * shrink, p[1] - q[1]);
  });
  const total = lengths.reduce((a, b) => a + b, 0);
  const [from, to] = [start * total, end * total];
  const out: LngLat[] = [];
  let walked = 0;
  for (const [i, length] of lengths.entries()) {
    const a = line[i];
    const b = line[i + 1];
    if (a === undefined || b === undefined) break;
    const at = (d: number): LngLat => {
      const f = length === 0 ? 0 : (d - walked) / length;
      return [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f];
    };
    if (walked + length >= from && walked <= to) {
      if (out.length === 0) out.push(at(Math.max(from, walked)));
      out.push(at(Math.min(to, walked + length)));
    }
    walked += length;
  }
  return out;
}

// The layers that are clicked and pulled at.
export const otherWays = "route-other";
export const routeLine = "route-line";

export function addRoute(map: MapLibre, theme: Theme) {
  const id = "route";
  map.addSource(id, { type: "geojson", data: features(noRoute) });
  const round = { "line-cap": "round", "line-join": "round" } as const;
  map.addLayer({ id: "route-other-casing", type: "line", source: id, filter: ["==", ["get", "part"], "other"], layout: round, paint: { "line-width": 7 } }, beneath);
  map.addLayer({ id: otherWays, type: "line", source: id, filter: ["==", ["get", "part"], "other"], layout: round, paint: { "line-width": 4 } }, beneath);
  map.addLayer({ id: "route-snap", type: "line", source: id, filter: ["==", ["get", "part"], "snap"], layout: round, paint: { "line-width": 3, "line-dasharray": [0.1, 2] } }, beneath);
  map.addLayer({ id: "route-casing", type: "line", source: id, filter: ["==", ["get", "part"], "way"], layout: round, paint: { "line-width": 8 } }, beneath);
  map.addLayer({ id: routeLine, type: "line", source: id, filter: ["==", ["get", "part"], "way"], layout: round, paint: { "line-width": 4 } }, beneath);
  map.addLayer({ id: "route-step", type: "line", source: id, filter: ["==", ["get", "part"], "step"], layout: round, paint: { "line-width": 8 } }, beneath);
  map.addLayer(
    { id: "route-arrow", type: "symbol", source: id, minzoom: 12, filter: ["==", ["get", "part"], "way"], layout: { "symbol-placement": "line", "symbol-spacing": 90, "icon-image": "route-arrow", "icon-size": 0.85, "icon-allow-overlap": true, "icon-ignore-placement": true } },
    beneath,
  );
  const paint = (t: Theme) => {
    const p = palette(t);
    map.setPaintProperty("route-other-casing", "line-color", p["route-casing"]);
    map.setPaintProperty(otherWays, "line-color", p["route-other"]);
    map.setPaintProperty("route-snap", "line-color", p.route);
    map.setPaintProperty("route-casing", "line-color", p["route-casing"]);
    map.setPaintProperty(routeLine, "line-color", p.route);
    map.setPaintProperty("route-step", "line-color", p.focus);
  };
  paint(theme);
  return {
    paint,
    show: (drawn: Drawn) => void map.getSource<GeoJSONSource>(id)?.setData(features(drawn)),
  };
}
