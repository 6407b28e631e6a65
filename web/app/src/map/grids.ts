// Responsibility grids: whose ground is whose. Thin inside, strong around the
// selected one, the name on a pill.
import type { Feature, FeatureCollection, Point } from "geojson";
import type { ExpressionSpecification, FilterSpecification, GeoJSONSource, Map as MapLibre, SymbolLayerSpecification } from "maplibre-gl";
import type { Plan } from "../api/ground";
import type { Names } from "../api/types";
import { palette, type Theme } from "../tokens/tokens";
import { anchor } from "./anchor";
import { above, drop, nothing, setVisible, under } from "./overlay";
import { byZoom } from "./style/ground";
import { fonts } from "./style/style";

export type NameOf = (names: Names, fallback: string) => string;

// gridAreas and gridNames make the features; names stand on points of their own,
// for a label of an area would be drawn once in every tile.
export function gridAreas(plan: Plan | null): FeatureCollection {
  if (plan === null) return nothing;
  return {
    type: "FeatureCollection",
    features: plan.features.map(({ geometry, properties }): Feature => ({ type: "Feature", id: properties.id, geometry, properties: { id: properties.id } })),
  };
}

export function gridNames(plan: Plan | null, name: NameOf): FeatureCollection<Point> {
  return {
    type: "FeatureCollection",
    features: (plan?.features ?? []).map(({ geometry, properties: { id, code, name: names } }) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: anchor(geometry) },
      properties: { id, code: code === "" ? name(names, `#${id}`) : code, name: name(names, code === "" ? `#${id}` : code) },
    })),
  };
}

const layers = ["grid-fill", "grid-casing", "grid-line", "grid-on-casing", "grid-on", "grid-name", "grid-name-on"] as const;
const chosen = (id: number | null): FilterSpecification => ["==", ["get", "id"], id ?? -1];
const others = (id: number | null): FilterSpecification => ["!=", ["get", "id"], id ?? -1];

export function addGrids(map: MapLibre, theme: Theme) {
  map.addSource("grids", { type: "geojson", data: nothing });
  map.addSource("grid-names", { type: "geojson", data: nothing });
  const before = under(map);
  const join = { "line-join": "round", "line-cap": "round" } as const;
  map.addLayer({ id: "grid-fill", type: "fill", source: "grids", filter: chosen(null), paint: { "fill-opacity": byZoom(12, 0.09, 15.5, 0.025) } }, before);
  // Borders run along streets, whose colours would mix with a thin line's own.
  map.addLayer({ id: "grid-casing", type: "line", source: "grids", layout: join, paint: { "line-width": byZoom(10, 2, 16, 4), "line-opacity": 0.8 } }, before);
  map.addLayer({ id: "grid-line", type: "line", source: "grids", layout: join, paint: { "line-width": byZoom(10, 0.8, 16, 1.8), "line-opacity": byZoom(10, 0.8, 14, 0.95) } }, before);
  map.addLayer({ id: "grid-on-casing", type: "line", source: "grids", filter: chosen(null), layout: join, paint: { "line-width": byZoom(10, 5, 16, 9), "line-opacity": 0.85 } }, before);
  map.addLayer({ id: "grid-on", type: "line", source: "grids", filter: chosen(null), layout: join, paint: { "line-width": byZoom(10, 2.5, 16, 4.5) } }, before);
  // Far out there is room for codes alone.
  const text: ExpressionSpecification = ["step", ["zoom"], ["get", "code"], 13, ["get", "name"]];
  const layout: SymbolLayerSpecification["layout"] = {
    "text-field": text,
    "text-font": fonts.medium,
    "text-size": byZoom(11, 10, 16, 12.5),
    "text-max-width": 14,
    "icon-text-fit": "both",
    "icon-text-fit-padding": [1, 2, 1, 2],
    "text-padding": 6,
  };
  const top = above(map);
  map.addLayer({ id: "grid-name", type: "symbol", source: "grid-names", minzoom: 10.5, layout: { ...layout, "icon-image": "grid-pill", "symbol-sort-key": 1 } }, top);
  map.addLayer({ id: "grid-name-on", type: "symbol", source: "grid-names", filter: chosen(null), layout: { ...layout, "icon-image": "grid-pill-on", "icon-allow-overlap": true, "text-allow-overlap": true } }, top);

  const paint = (t: Theme) => {
    const p = palette(t);
    map.setPaintProperty("grid-fill", "fill-color", p.grid);
    map.setPaintProperty("grid-casing", "line-color", p.halo);
    map.setPaintProperty("grid-line", "line-color", p.grid);
    map.setPaintProperty("grid-on-casing", "line-color", p.halo);
    map.setPaintProperty("grid-on", "line-color", p.grid);
    map.setPaintProperty("grid-name", "text-color", p.grid);
    map.setPaintProperty("grid-name-on", "text-color", p["grid-pill"]);
  };
  paint(theme);
  return {
    paint,
    show(plan: Plan | null, name: NameOf) {
      void map.getSource<GeoJSONSource>("grids")?.setData(gridAreas(plan));
      void map.getSource<GeoJSONSource>("grid-names")?.setData(gridNames(plan, name));
    },
    select(id: number | null) {
      for (const layer of ["grid-fill", "grid-on-casing", "grid-on", "grid-name-on"]) map.setFilter(layer, chosen(id));
      map.setFilter("grid-name", others(id));
    },
    visible: (on: boolean) => setVisible(map, layers, on),
    remove: () => drop(map, layers, ["grids", "grid-names"]),
  };
}
