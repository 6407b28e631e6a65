// What is being drawn, over the zones of the city.
import type { Feature, MultiPolygon, Polygon } from "geojson";
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { ZoneKind } from "../api/ground";
import type { LngLat } from "../api/types";
import { above, nothing, under } from "../map/overlay";
import { palette, type Theme } from "../tokens/tokens";
import { corners, type Sketch } from "./sketch";

export interface Shown {
  kind: ZoneKind;
  sketch: Sketch;
  ground: Polygon | MultiPolygon | null; // of lines and points, as the server has it
  open: readonly LngLat[]; // being drawn
  corners: boolean;
  fault: LngLat | null;
}

export function addSketch(map: MapLibre, first: Theme) {
  map.addSource("sketch", { type: "geojson", data: nothing, tolerance: 0 });
  const before = under(map);
  const join = { "line-join": "round", "line-cap": "round" } as const;
  map.addLayer({ id: "sketch-fill", type: "fill", source: "sketch", filter: ["==", ["get", "is"], "ground"], paint: { "fill-opacity": 0.2 } }, before);
  map.addLayer({ id: "sketch-edge", type: "line", source: "sketch", filter: ["match", ["get", "is"], ["ground", "line"], true, false], layout: join, paint: { "line-width": ["match", ["get", "is"], "line", 2, 2.6] } }, before);
  map.addLayer({ id: "sketch-open", type: "line", source: "sketch", filter: ["==", ["get", "is"], "open"], layout: join, paint: { "line-width": 2.4, "line-dasharray": [2, 1.6] } }, before);
  map.addLayer({ id: "sketch-dot", type: "circle", source: "sketch", filter: ["match", ["get", "is"], ["corner", "middle", "start", "fault"], true, false], paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, ["match", ["get", "is"], "middle", 1.5, "fault", 11, "start", 5, 3], 16, ["match", ["get", "is"], "middle", 3.5, "fault", 11, "start", 6.5, 5.5]], "circle-opacity": ["match", ["get", "is"], "fault", 0, "middle", 0.7, 1], "circle-stroke-width": ["match", ["get", "is"], "fault", 3, "middle", 1, 2] } }, above(map));
  let theme = first;
  let kind: ZoneKind = "other";
  const paint = (next: Theme) => {
    theme = next;
    const p = palette(theme);
    map.setPaintProperty("sketch-fill", "fill-color", p[`zone-${kind}`]);
    map.setPaintProperty("sketch-edge", "line-color", p[`zone-${kind}`]);
    map.setPaintProperty("sketch-open", "line-color", p.label);
    map.setPaintProperty("sketch-dot", "circle-color", ["match", ["get", "is"], "middle", p["label-soft"], "start", p.focus, p.halo]);
    map.setPaintProperty("sketch-dot", "circle-stroke-color", ["match", ["get", "is"], "fault", p["zone-no-dog"], "middle", p.halo, p.label]);
  };
  paint(theme);
  return {
    paint,
    show(s: Shown | null) {
      if (s !== null && s.kind !== kind) {
        kind = s.kind;
        paint(theme);
      }
      void map.getSource<GeoJSONSource>("sketch")?.setData(s === null ? nothing : { type: "FeatureCollection", features: features(s) });
    },
  };
}

export type SketchLayer = ReturnType<typeof addSketch>;

function features({ sketch, ground, open, corners: held, fault }: Shown): Feature[] {
  const dot = (at: LngLat, is: string): Feature => ({ type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { is } });
  return [
    ...(ground === null ? [] : [{ type: "Feature" as const, geometry: ground, properties: { is: "ground" } }]),
    ...(sketch.shape === "street" ? sketch.lines.map((coordinates): Feature => ({ type: "Feature", geometry: { type: "LineString", coordinates }, properties: { is: "line" } })) : []),
    ...(open.length > 1 ? [{ type: "Feature" as const, geometry: { type: "LineString" as const, coordinates: [...open] }, properties: { is: "open" } }] : []),
    ...(held ? corners(sketch).map((c) => dot(c.at, c.middle ? "middle" : "corner")) : []),
    ...open.map((p, i) => dot(p, i === 0 ? "start" : "corner")),
    ...(fault === null ? [] : [dot(fault, "fault")]),
  ];
}
