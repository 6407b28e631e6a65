import type { ExpressionSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { LngLat, MapInfo } from "../api/types";
import { beneath, fonts } from "../map/style/style";
import { colors, palette, type Theme } from "../tokens/tokens";
import { unseenFeatures, walkFeatures } from "./patrol";
import css from "./Plans.module.css";
import type { Coverage, Walk } from "./requests";
import { visitFeatures } from "./spots";
import { addSpotLayers, paintSpots } from "./SpotsMap";
import { usePlanMap } from "./usePlanMap";

interface Props {
  info: MapInfo;
  walks: Walk[];
  chosen: Walk | null;
  unseen: Coverage["unseen"];
  spots: Coverage["spots"];
  goal: LngLat | null;
}

// PatrolMap draws walks: done solid, to come light with arrows, not seen dashed; and spots.
export function PatrolMap({ info, walks, chosen, unseen, spots, goal }: Props) {
  const { t } = useTranslation();
  const element = useRef<HTMLDivElement>(null);
  const map = usePlanMap(element, info, addLayers, paint);

  useEffect(() => {
    void map?.getSource<GeoJSONSource>("plan-walks")?.setData(walkFeatures(walks, chosen));
  }, [map, walks, chosen]);
  useEffect(() => {
    void map?.getSource<GeoJSONSource>("plan-unseen")?.setData(unseenFeatures(unseen));
  }, [map, unseen]);
  useEffect(() => {
    void map?.getSource<GeoJSONSource>("spots")?.setData(visitFeatures(spots));
  }, [map, spots]);
  useEffect(() => {
    if (map === null || goal === null) return;
    map.easeTo({ center: goal, zoom: Math.max(map.getZoom(), 15.5) });
  }, [map, goal]);
  const shift = chosen?.shift;
  const line = useRef<Walk | null>(chosen);
  const everybody = useRef(walks);
  useEffect(() => {
    line.current = chosen;
    everybody.current = walks;
  });
  useEffect(() => {
    const points = line.current === null ? everybody.current.flatMap((w) => w.line as LngLat[]) : (line.current.line as LngLat[]);
    if (map === null || points.length === 0) return;
    const [lon, lat] = [points.map((p) => p[0]), points.map((p) => p[1])];
    const least = (a: number[]) => a.reduce((x, y) => Math.min(x, y));
    const most = (a: number[]) => a.reduce((x, y) => Math.max(x, y));
    map.fitBounds([least(lon), least(lat), most(lon), most(lat)], { padding: 40, maxZoom: 16 });
  }, [map, shift]);
  return <div ref={element} className={css.map} role="region" aria-label={t("plans.patrol.map")} data-testid="patrol-map" />;
}

const empty = { type: "FeatureCollection" as const, features: [] };
const is = (...values: string[]): ExpressionSpecification => ["in", ["get", "part"], ["literal", values]];
const width = (thin: number, thick: number): ExpressionSpecification => ["interpolate", ["linear"], ["zoom"], 12, thin, 17, thick];

function addLayers(map: MapLibre): void {
  const round = { "line-cap": "round", "line-join": "round" } as const;
  for (const id of ["plan-unseen", "plan-walks"]) map.addSource(id, { type: "geojson", data: empty });
  map.addLayer({ id: "plan-rest", type: "line", source: "plan-walks", filter: is("rest"), layout: round, paint: { "line-width": ["interpolate", ["linear"], ["zoom"], 12, ["case", ["get", "on"], 3.5, 1.5], 17, ["case", ["get", "on"], 9, 5]] } }, beneath);
  map.addLayer({ id: "plan-done", type: "line", source: "plan-walks", filter: is("done"), layout: round, paint: { "line-width": width(3, 8) } }, beneath);
  map.addLayer({ id: "plan-unseen", type: "line", source: "plan-unseen", paint: { "line-width": ["interpolate", ["linear"], ["zoom"], 12, ["case", ["get", "walk"], 1, 3], 17, ["case", ["get", "walk"], 2, 6]], "line-dasharray": [2, 2] } }, beneath);
  map.addLayer({ id: "plan-arrow", type: "symbol", source: "plan-walks", minzoom: 13.5, filter: ["all", is("rest"), ["get", "on"]], layout: { "symbol-placement": "line", "symbol-spacing": 90, "icon-image": "route-arrow", "icon-size": 0.8, "icon-allow-overlap": true, "icon-ignore-placement": true } }, beneath);
  for (const [id, soon, minzoom] of [["plan-stop-late", false, 15.2], ["plan-stop", true, 0]] as const) {
    const filter: ExpressionSpecification = ["all", is("stop"), ["==", ["get", "soon"], soon]];
    map.addLayer({ id, type: "circle", source: "plan-walks", minzoom, filter, paint: { "circle-radius": ["case", ["get", "now"], 14, 10], "circle-stroke-width": 2 } });
    map.addLayer({ id: `${id}-n`, type: "symbol", source: "plan-walks", minzoom, filter, layout: { "text-field": ["get", "n"], "text-font": fonts.bold, "text-size": ["case", ["get", "now"], 15, 11], "text-allow-overlap": true, "text-ignore-placement": true } });
  }
  addSpotLayers(map);
}

function paint(map: MapLibre, theme: Theme): void {
  const p = palette(theme);
  const c = (name: keyof typeof colors) => colors[name][theme];
  const set = (layer: string, name: string, value: unknown) => map.setPaintProperty(layer, name as "line-color", value as string);
  set("plan-rest", "line-color", theme === "light" ? "#9CC3EE" : "#35557D");
  set("plan-done", "line-color", c("brand"));
  set("plan-unseen", "line-color", ["case", ["get", "walk"], c("likely"), c("confirmed")]);
  for (const id of ["plan-stop", "plan-stop-late"]) {
    set(id, "circle-color", ["case", ["get", "now"], p.route, ["get", "done"], c("brand"), c("panel")]);
    set(id, "circle-stroke-color", ["case", ["get", "done"], c("panel"), p.route]);
    set(`${id}-n`, "text-color", ["case", ["any", ["get", "now"], ["get", "done"]], c("panel"), c("text")]);
  }
  paintSpots(map, theme);
}
