// A trip is what somebody of ours drives or walks today, as it is drawn: the
// part that is done solid, the part to come light, stops by number.
import type { Feature, FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { LngLat } from "../api/types";
import { flatMetres } from "../live/units";
import type { Run, Walk } from "../live/wire";
import { palette, type Theme } from "../tokens/tokens";
import { cut } from "./route/layer";
import { beneath, fonts } from "./style/style";

export interface Stop {
  n: number;
  at: LngLat;
  done: boolean;
  next: boolean;
}

export interface Trip {
  line: LngLat[];
  done: number; // fraction of the line
  stops: Stop[];
}

export function length(line: readonly LngLat[]): number {
  return line.reduce((sum, p, i) => sum + flatMetres(line[i - 1] ?? p, p), 0);
}

export function walkTrip(w: Walk): Trip {
  const all = length(w.line);
  return {
    line: w.line,
    done: all > 0 ? Math.min(1, w.done_m / all) : 0,
    stops: w.stops.map((s, i) => ({ n: s.n, at: s.at, done: s.done, next: i === w.next })),
  };
}

// A run doesn't say how far it has come, but when it is where: stops that were
// left are done, and the line up to the last of them.
export function runTrip(r: Run, now: number): Trip {
  const left = r.stops.filter((s) => Date.parse(s.leave) <= now).length;
  const last = r.stops[left - 1];
  return {
    line: r.line,
    done: last === undefined ? 0 : along(r.line, last.at),
    stops: r.stops.map((s, i) => ({ n: s.n, at: s.at, done: i < left, next: i === left })),
  };
}

// along is the fraction of a line at its vertex nearest to a point.
export function along(line: readonly LngLat[], at: LngLat): number {
  const all = length(line);
  let [walked, best, found] = [0, Infinity, 0];
  line.forEach((p, i) => {
    walked += flatMetres(line[i - 1] ?? p, p);
    const d = flatMetres(p, at);
    if (d < best) [best, found] = [d, walked];
  });
  return all > 0 ? found / all : 0;
}

export function tripFeatures(trip: Trip | null): FeatureCollection {
  if (trip === null || trip.line.length < 2) return { type: "FeatureCollection", features: [] };
  const line = (part: string, coordinates: LngLat[]): Feature[] =>
    coordinates.length < 2 ? [] : [{ type: "Feature", properties: { part }, geometry: { type: "LineString", coordinates } }];
  return {
    type: "FeatureCollection",
    features: [
      ...line("todo", trip.done > 0 ? cut(trip.line, trip.done, 1) : trip.line),
      ...line("done", trip.done > 0 ? cut(trip.line, 0, trip.done) : []),
      ...trip.stops.map((s): Feature => ({ type: "Feature", properties: { part: "stop", n: String(s.n), state: s.done ? "done" : s.next ? "next" : "todo" }, geometry: { type: "Point", coordinates: s.at } })),
    ],
  };
}

export function addTrip(map: MapLibre, theme: Theme) {
  const id = "trip";
  map.addSource(id, { type: "geojson", data: tripFeatures(null) });
  const round = { "line-cap": "round", "line-join": "round" } as const;
  const part = (name: string) => ["==", ["get", "part"], name] as ["==", ["get", string], string];
  map.addLayer({ id: "trip-casing", type: "line", source: id, filter: ["!=", ["get", "part"], "stop"], layout: round, paint: { "line-width": 7, "line-opacity": 0.9 } }, beneath);
  map.addLayer({ id: "trip-todo", type: "line", source: id, filter: part("todo"), layout: round, paint: { "line-width": 4, "line-opacity": 0.45 } }, beneath);
  map.addLayer({ id: "trip-done", type: "line", source: id, filter: part("done"), layout: round, paint: { "line-width": 4 } }, beneath);
  map.addLayer(
    { id: "trip-arrow", type: "symbol", source: id, minzoom: 14, filter: part("todo"), layout: { "symbol-placement": "line", "symbol-spacing": 120, "icon-image": "route-arrow", "icon-size": 0.7, "icon-ignore-placement": true } },
    beneath,
  );
  map.addLayer({
    id: "trip-stop",
    type: "circle",
    source: id,
    filter: part("stop"),
    paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, ["match", ["get", "state"], "next", 6, 2.5], 15, ["match", ["get", "state"], "next", 11, 9]], "circle-stroke-width": 1.5 },
  });
  map.addLayer({
    id: "trip-number",
    type: "symbol",
    source: id,
    filter: part("stop"),
    minzoom: 13.2,
    layout: { "text-field": ["get", "n"], "text-font": fonts.bold, "text-size": 11, "text-allow-overlap": true, "text-ignore-placement": true, "symbol-sort-key": ["match", ["get", "state"], "next", 1, 0] },
  });
  const paint = (t: Theme) => {
    const p = palette(t);
    map.setPaintProperty("trip-casing", "line-color", p["route-casing"]);
    map.setPaintProperty("trip-todo", "line-color", p["unit-on"]);
    map.setPaintProperty("trip-done", "line-color", p["unit-on"]);
    map.setPaintProperty("trip-stop", "circle-color", ["match", ["get", "state"], "todo", p["unit-rim"], p["unit-on"]]);
    map.setPaintProperty("trip-stop", "circle-stroke-color", ["match", ["get", "state"], "todo", p["unit-on"], p["unit-rim"]]);
    map.setPaintProperty("trip-number", "text-color", ["match", ["get", "state"], "todo", p["unit-on"], p["unit-rim"]]);
  };
  paint(theme);
  return { paint, show: (trip: Trip | null) => void map.getSource<GeoJSONSource>(id)?.setData(tripFeatures(trip)) };
}
