import type { Feature, FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { LngLat, Route } from "../../api/types";
import { palette, type Theme } from "../../tokens/tokens";
import { beneath } from "../style/style";

// features makes the line, its dotted ends between the asked and the found
// point, and the part that belongs to the street pointed at.
export function features(route: Route | null, asked: { from: LngLat | null; to: LngLat | null }, street: number | null): FeatureCollection {
  if (route === null) return { type: "FeatureCollection", features: [] };
  const line = (part: string, coordinates: LngLat[]): Feature => ({ type: "Feature", properties: { part }, geometry: { type: "LineString", coordinates } });
  const out: Feature[] = [line("way", route.geometry.coordinates)];
  if (asked.from !== null && route.from.snap_m > 2) out.push(line("snap", [asked.from, route.from.at]));
  if (asked.to !== null && route.to.snap_m > 2) out.push(line("snap", [route.to.at, asked.to]));
  if (street !== null) {
    const { start, end } = stretch(route, street);
    const part = cut(route.geometry.coordinates, start, end);
    if (part.length > 1) out.push(line("street", part));
  }
  return { type: "FeatureCollection", features: out };
}

// stretch says where along the route a street begins and ends, as fractions.
export function stretch(route: Route, street: number): { start: number; end: number } {
  const total = route.streets.reduce((sum, s) => sum + s.distance_m, 0);
  if (total <= 0) return { start: 0, end: 0 };
  const before = route.streets.slice(0, street).reduce((sum, s) => sum + s.distance_m, 0);
  return { start: before / total, end: (before + (route.streets[street]?.distance_m ?? 0)) / total };
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

export function addRoute(map: MapLibre, theme: Theme) {
  const id = "route";
  map.addSource(id, { type: "geojson", data: features(null, { from: null, to: null }, null) });
  const round = { "line-cap": "round", "line-join": "round" } as const;
  map.addLayer({ id: "route-snap", type: "line", source: id, filter: ["==", ["get", "part"], "snap"], layout: round, paint: { "line-width": 3, "line-dasharray": [0.1, 2] } }, beneath);
  map.addLayer({ id: "route-casing", type: "line", source: id, filter: ["==", ["get", "part"], "way"], layout: round, paint: { "line-width": 8 } }, beneath);
  map.addLayer({ id: "route-line", type: "line", source: id, filter: ["==", ["get", "part"], "way"], layout: round, paint: { "line-width": 4 } }, beneath);
  map.addLayer({ id: "route-street", type: "line", source: id, filter: ["==", ["get", "part"], "street"], layout: round, paint: { "line-width": 8 } }, beneath);
  map.addLayer(
    { id: "route-arrow", type: "symbol", source: id, minzoom: 12, filter: ["==", ["get", "part"], "way"], layout: { "symbol-placement": "line", "symbol-spacing": 90, "icon-image": "route-arrow", "icon-size": 0.85, "icon-allow-overlap": true, "icon-ignore-placement": true } },
    beneath,
  );
  const paint = (t: Theme) => {
    const p = palette(t);
    map.setPaintProperty("route-snap", "line-color", p.route);
    map.setPaintProperty("route-casing", "line-color", p["route-casing"]);
    map.setPaintProperty("route-line", "line-color", p.route);
    map.setPaintProperty("route-street", "line-color", p.focus);
  };
  paint(theme);
  return {
    paint,
    show: (route: Route | null, asked: { from: LngLat | null; to: LngLat | null }, street: number | null) =>
      void map.getSource<GeoJSONSource>(id)?.setData(features(route, asked, street)),
  };
}
