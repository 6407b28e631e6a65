// What the phone's map shows on top of the city: the walk with its done part
// solid and the rest light, its stops, tasks, who is near, and oneself.
import type { Feature, FeatureCollection } from "geojson";
import type { ExpressionSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { LngLat } from "../api/types";
import { addSpotSigns, paintSpotSigns, type SpotSign } from "../map/spotSigns";
import { beneath, fonts } from "../map/style/style";
import { colors, palette, type Theme } from "../tokens/tokens";
import type { CallNow } from "./calls";
import { circle, part } from "./ground";
import type { Place } from "./gps";
import type { Run } from "../live/wire";
import type { Track } from "./walk";

const line = (properties: Record<string, unknown>, coordinates: LngLat[]): Feature => ({ type: "Feature", properties, geometry: { type: "LineString", coordinates } });
const point = (properties: Record<string, unknown>, coordinates: LngLat): Feature => ({ type: "Feature", properties, geometry: { type: "Point", coordinates } });
const all = (features: Feature[]): FeatureCollection => ({ type: "FeatureCollection", features });

// walkFeatures draws a walk: what is behind, the street to be walked now, the rest.
export function walkFeatures(t: Track | null, done: number, next: number): FeatureCollection {
  if (t === null) return all([]);
  const out: Feature[] = [];
  const behind = part(t.line, 0, done);
  const rest = part(t.line, done, t.line.length);
  if (rest.length > 1) out.push(line({ part: "rest" }, rest));
  if (behind.length > 1) out.push(line({ part: "done" }, behind));
  const now = t.stops[next];
  if (now !== undefined) {
    const street = part(t.line, Math.max(done, now.from), now.to);
    if (street.length > 1) out.push(line({ part: "now" }, street));
  }
  t.stops.forEach((s, i) => {
    if (i >= next && next >= 0 && i < next + 5) out.push(point({ part: "stop", n: String(s.stop.n), now: i === next }, s.stop.at));
  });
  return all(out);
}

// callFeatures are the signs of a walk's calls: the next one loud, those that are made ticked.
export function callFeatures(calls: readonly CallNow[], next: CallNow | null): FeatureCollection {
  return all(
    calls.map((c) => {
      const sign: SpotSign = c.state === "seen" ? "spot-seen" : c.state === "missed" ? "spot-missed" : c.call === next?.call ? "spot-on" : "spot";
      return point({ sign, n: c.state === "seen" ? "✓" : String(c.call.n), order: 999 - Math.min(c.call.n, 999) }, c.call.spots[0]?.at ?? c.call.at);
    }),
  );
}

export function runFeatures(run: Run | null): FeatureCollection {
  if (run === null) return all([]);
  const out: Feature[] = run.line.length > 1 ? [line({ part: "rest" }, run.line)] : [];
  run.stops.forEach((s, i) => out.push(point({ part: s.kind === "site" ? "site" : "stop", n: String(s.n), now: i === 0 }, s.at)));
  return all(out);
}

export interface Mark {
  at: LngLat;
  kind: "task" | "dog" | "mate" | "truck";
  grade: string; // of a task or dog; "" = none
}

export function markFeatures(marks: readonly Mark[]): FeatureCollection {
  return all(marks.map(({ at, kind, grade }) => point({ kind, grade }, at)));
}

export function selfFeatures(p: Place | null): FeatureCollection {
  if (p === null) return all([]);
  const out: Feature[] = [point({ part: "self" }, p.at)];
  if (p.accuracy >= 5) out.unshift({ type: "Feature", properties: { part: "sure" }, geometry: { type: "Polygon", coordinates: [circle(p.at, Math.min(p.accuracy, 2000))] } });
  return all(out);
}

export function addPhoneLayers(map: MapLibre, theme: Theme) {
  const round = { "line-cap": "round", "line-join": "round" } as const;
  const is = (name: string, ...values: string[]): ExpressionSpecification => ["in", ["get", name], ["literal", values]];
  for (const id of ["phone-walk", "phone-way", "phone-self", "phone-marks", "phone-calls"]) map.addSource(id, { type: "geojson", data: all([]) });
  const width = (thin: number, thick: number): ExpressionSpecification => ["interpolate", ["linear"], ["zoom"], 12, thin, 17, thick];
  map.addLayer({ id: "phone-casing", type: "line", source: "phone-walk", filter: is("part", "rest", "done", "now"), layout: round, paint: { "line-width": width(5, 13) } }, beneath);
  map.addLayer({ id: "phone-rest", type: "line", source: "phone-walk", filter: is("part", "rest"), layout: round, paint: { "line-width": width(3, 8) } }, beneath);
  map.addLayer({ id: "phone-done", type: "line", source: "phone-walk", filter: is("part", "done"), layout: round, paint: { "line-width": width(3, 8) } }, beneath);
  map.addLayer({ id: "phone-now", type: "line", source: "phone-walk", filter: is("part", "now"), layout: round, paint: { "line-width": width(4, 9) } }, beneath);
  map.addLayer({ id: "phone-arrow", type: "symbol", source: "phone-walk", minzoom: 14, filter: is("part", "now"), layout: { "symbol-placement": "line", "symbol-spacing": 110, "icon-image": "route-arrow", "icon-size": 0.9, "icon-allow-overlap": true, "icon-ignore-placement": true } }, beneath);
  map.addLayer({ id: "phone-way", type: "line", source: "phone-way", layout: round, paint: { "line-width": 5, "line-dasharray": [0.1, 1.8] } }, beneath);
  map.addLayer({ id: "phone-sure", type: "fill", source: "phone-self", filter: is("part", "sure"), paint: { "fill-opacity": 0.16 } });
  map.addLayer({ id: "phone-sure-edge", type: "line", source: "phone-self", filter: is("part", "sure"), paint: { "line-width": 1.5, "line-opacity": 0.6 } });
  map.addLayer({ id: "phone-stop", type: "circle", source: "phone-walk", filter: is("part", "stop", "site"), paint: { "circle-radius": ["case", ["get", "now"], 15, 10], "circle-stroke-width": 2 } });
  map.addLayer({ id: "phone-stop-n", type: "symbol", source: "phone-walk", filter: is("part", "stop", "site"), layout: { "text-field": ["get", "n"], "text-font": fonts.bold, "text-size": ["case", ["get", "now"], 16, 12], "text-allow-overlap": true, "text-ignore-placement": true } });
  addSpotSigns(map, "phone-calls", "phone-calls", 1.2);
  map.addLayer({ id: "phone-mate", type: "circle", source: "phone-marks", filter: is("kind", "mate", "truck"), paint: { "circle-radius": 6, "circle-stroke-width": 2 } });
  map.addLayer({ id: "phone-task", type: "circle", source: "phone-marks", filter: is("kind", "task", "dog"), paint: { "circle-radius": ["match", ["get", "kind"], "task", 14, 8], "circle-stroke-width": 3 } });
  map.addLayer({ id: "phone-task-mark", type: "symbol", source: "phone-marks", filter: is("kind", "task"), layout: { "text-field": "!", "text-font": fonts.bold, "text-size": 18, "text-allow-overlap": true, "text-ignore-placement": true } });
  map.addLayer({ id: "phone-self", type: "circle", source: "phone-self", filter: is("part", "self"), paint: { "circle-radius": 9, "circle-stroke-width": 3 } });
  const paint = (t: Theme) => {
    const p = palette(t);
    const c = (name: keyof typeof colors) => colors[name][t];
    const set = (layer: string, name: string, value: unknown) => map.setPaintProperty(layer, name as "line-color", value as string);
    const grades: ExpressionSpecification = ["match", ["get", "grade"], "confirmed", c("confirmed"), "likely", c("likely"), "possible", c("possible"), c("brand")];
    set("phone-casing", "line-color", p["route-casing"]);
    // done is solid, what is to come is light
    set("phone-done", "line-color", p.focus);
    set("phone-rest", "line-color", t === "light" ? "#9CC3EE" : "#35557D");
    set("phone-now", "line-color", p.route);
    set("phone-way", "line-color", c("text"));
    for (const layer of ["phone-sure", "phone-self"]) set(layer, layer === "phone-sure" ? "fill-color" : "circle-color", c("info"));
    set("phone-sure-edge", "line-color", c("info"));
    set("phone-self", "circle-stroke-color", c("panel"));
    set("phone-stop", "circle-color", ["case", ["==", ["get", "part"], "site"], c("text"), ["get", "now"], p.route, c("panel")]);
    set("phone-stop", "circle-stroke-color", ["case", ["get", "now"], c("panel"), p.route]);
    set("phone-stop-n", "text-color", ["case", ["any", ["get", "now"], ["==", ["get", "part"], "site"]], c("panel"), c("text")]);
    set("phone-mate", "circle-color", c("muted"));
    set("phone-mate", "circle-stroke-color", c("panel"));
    set("phone-task", "circle-color", ["match", ["get", "kind"], "dog", c("panel"), grades]);
    set("phone-task", "circle-stroke-color", ["match", ["get", "kind"], "dog", grades, c("panel")]);
    set("phone-task-mark", "text-color", c("panel"));
    paintSpotSigns(map, "phone-calls", t);
  };
  paint(theme);
  const put = (id: string) => (data: FeatureCollection) => void map.getSource<GeoJSONSource>(id)?.setData(data);
  return {
    paint,
    walk: put("phone-walk"),
    calls: put("phone-calls"),
    self: put("phone-self"),
    marks: put("phone-marks"),
    way: (points: LngLat[]) => put("phone-way")(all(points.length > 1 ? [line({}, points)] : [])),
  };
}
