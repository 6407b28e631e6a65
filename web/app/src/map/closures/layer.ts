// Closures on the map: a striped line along each street, with why and until when
// beside it. What is drawn now lies over them.
import type { Feature, FeatureCollection, Position } from "geojson";
import type { ExpressionSpecification, FilterSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { Closure } from "../../api/closures";
import { palette, type Theme } from "../../tokens/tokens";
import { above, drop, nothing, setVisible } from "../overlay";
import { byZoom } from "../style/ground";
import { beneath, fonts } from "../style/style";
import type { Draft } from "./draft";

// A Sign is how a closure is drawn: what is not in force yet is dashed and thin.
export type Sign = "closed" | "slow" | "later" | "proposed";

export function signOf(c: Pick<Closure, "state" | "active" | "speed_kmh" | "speed_share">): Sign {
  if (c.state !== "approved") return "proposed";
  if (!c.active) return "later";
  return c.speed_kmh === null && c.speed_share === null ? "closed" : "slow";
}

export interface ClosureWords {
  label: (c: Closure, sign: Sign) => string; // "Burst main\nuntil 17:00"
}

export function closureLines(list: readonly Closure[]): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: list.filter((c) => c.state !== "declined").map((c): Feature => ({ type: "Feature", geometry: c.streets as Feature["geometry"], properties: { id: c.id, sign: signOf(c) } })),
  };
}

// closureMarks are one sign for each closure, at the middle of its longest street.
export function closureMarks(list: readonly Closure[], words: ClosureWords): FeatureCollection {
  const features = list.flatMap((c): Feature[] => {
    const at = c.state === "declined" ? undefined : middle(c.streets.coordinates as Position[][]);
    if (at === undefined) return [];
    const sign = signOf(c);
    return [{ type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { id: c.id, sign, label: words.label(c, sign) } }];
  });
  return { type: "FeatureCollection", features };
}

export function middle(lines: readonly Position[][]): Position | undefined {
  const size = (l: Position[]) => l.slice(1).reduce((sum, p, i) => sum + Math.hypot((p[0] ?? 0) - (l[i]?.[0] ?? 0), (p[1] ?? 0) - (l[i]?.[1] ?? 0)), 0);
  const longest = lines.reduce<Position[] | undefined>((best, l) => (best === undefined || size(l) > size(best) ? l : best), undefined);
  if (longest === undefined) return undefined;
  let left = size(longest) / 2;
  for (const [i, q] of longest.slice(1).entries()) {
    const p = longest[i] ?? q;
    const step = size([p, q]);
    if (step >= left && step > 0) return [(p[0] ?? 0) + ((q[0] ?? 0) - (p[0] ?? 0)) * (left / step), (p[1] ?? 0) + ((q[1] ?? 0) - (p[1] ?? 0)) * (left / step)];
    left -= step;
  }
  return longest[0];
}

export function draftFeatures(d: Draft | null): FeatureCollection {
  if (d === null) return nothing;
  const features: Feature[] = d.streets.map((coordinates) => ({ type: "Feature", properties: { part: "street" }, geometry: { type: "LineString", coordinates } }));
  const [first] = d.points;
  if (d.mode === "line" && d.points.length > 1) features.push({ type: "Feature", properties: { part: "line" }, geometry: { type: "LineString", coordinates: d.points } });
  if (d.mode === "area" && d.points.length > 1 && first !== undefined)
    features.push({ type: "Feature", properties: { part: "area" }, geometry: { type: "Polygon", coordinates: [[...d.points, first]] } });
  for (const coordinates of d.points) features.push({ type: "Feature", properties: { part: "point" }, geometry: { type: "Point", coordinates } });
  return { type: "FeatureCollection", features };
}

const is = (name: string, ...values: string[]): FilterSpecification => ["match", ["get", name], values, true, false] as unknown as FilterSpecification;
export const closureHit = "closure-hit";
const layers = ["closure-on", "closure-casing", "closure-stripe", "closure-later", "closure-mark", closureHit] as const;

export function addClosures(map: MapLibre, theme: Theme) {
  for (const id of ["closures", "closure-marks", "closure-draft"]) map.addSource(id, { type: "geojson", data: nothing });
  const wide = byZoom(12, 4, 17, 10);
  map.addLayer({ id: "closure-on", type: "line", source: "closures", filter: ["==", ["get", "id"], -1], paint: { "line-width": byZoom(12, 9, 17, 22), "line-opacity": 0.3 } }, beneath);
  map.addLayer({ id: "closure-casing", type: "line", source: "closures", filter: is("sign", "closed", "slow"), paint: { "line-width": wide } }, beneath);
  map.addLayer({ id: "closure-stripe", type: "line", source: "closures", filter: is("sign", "closed", "slow"), paint: { "line-width": byZoom(12, 2.5, 17, 7), "line-dasharray": ["match", ["get", "sign"], "slow", ["literal", [0.5, 2]], ["literal", [1, 1]]] as unknown as ExpressionSpecification } }, beneath);
  map.addLayer({ id: "closure-later", type: "line", source: "closures", filter: is("sign", "later", "proposed"), paint: { "line-width": byZoom(12, 2, 17, 5), "line-dasharray": [1.5, 1.5] } }, beneath);
  map.addLayer({ id: closureHit, type: "line", source: "closures", paint: { "line-width": 22, "line-opacity": 0 } }, beneath);
  map.addLayer(
    {
      id: "closure-mark",
      type: "symbol",
      source: "closure-marks",
      minzoom: 12,
      layout: {
        "icon-image": ["concat", "closure-", ["get", "sign"]],
        "icon-allow-overlap": true,
        "text-field": ["step", ["zoom"], "", 14, ["get", "label"]],
        "text-font": fonts.medium,
        "text-size": byZoom(14, 11, 18, 13),
        "text-anchor": "top",
        "text-offset": [0, 1],
        "text-max-width": 10,
        "text-optional": true,
      },
      paint: { "text-halo-width": 1.8 },
    },
    above(map),
  );
  map.addLayer({ id: "draft-area", type: "fill", source: "closure-draft", filter: is("part", "area"), paint: { "fill-opacity": 0.12 } }, beneath);
  map.addLayer({ id: "draft-street", type: "line", source: "closure-draft", filter: is("part", "street"), layout: { "line-cap": "round" }, paint: { "line-width": byZoom(12, 6, 17, 14), "line-opacity": 0.55 } }, beneath);
  map.addLayer({ id: "draft-line", type: "line", source: "closure-draft", filter: is("part", "line", "area"), paint: { "line-width": 2, "line-dasharray": [2, 1.5] } }, above(map));
  map.addLayer({ id: "draft-point", type: "circle", source: "closure-draft", filter: is("part", "point"), paint: { "circle-radius": 5, "circle-stroke-width": 2 } }, above(map));

  const paint = (t: Theme) => {
    const p = palette(t);
    const color = ["match", ["get", "sign"], "closed", p.closure, "slow", p["closure-slow"], p["closure-off"]] as unknown as ExpressionSpecification;
    for (const id of ["closure-on", "closure-casing", "closure-later"]) map.setPaintProperty(id, "line-color", color);
    map.setPaintProperty("closure-stripe", "line-color", p["closure-stripe"]);
    map.setPaintProperty("closure-mark", "text-color", color);
    map.setPaintProperty("closure-mark", "text-halo-color", p.halo);
    map.setPaintProperty("draft-area", "fill-color", p.closure);
    for (const id of ["draft-street", "draft-line"]) map.setPaintProperty(id, "line-color", p.closure);
    map.setPaintProperty("draft-point", "circle-color", p.halo);
    map.setPaintProperty("draft-point", "circle-stroke-color", p.closure);
  };
  paint(theme);
  return {
    paint,
    show(list: readonly Closure[], words: ClosureWords) {
      void map.getSource<GeoJSONSource>("closures")?.setData(closureLines(list));
      void map.getSource<GeoJSONSource>("closure-marks")?.setData(closureMarks(list, words));
    },
    draft: (d: Draft | null) => void map.getSource<GeoJSONSource>("closure-draft")?.setData(draftFeatures(d)),
    select: (id: number | null) => void map.setFilter("closure-on", ["==", ["get", "id"], id ?? -1]),
    visible: (on: boolean) => setVisible(map, layers, on),
    remove: () => drop(map, [...layers, "draft-area", "draft-street", "draft-line", "draft-point"], ["closures", "closure-marks", "closure-draft"]),
  };
}
