import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { LngLat, MapInfo } from "../api/types";
import { beneath, fonts } from "../map/style/style";
import { colors, palette, type Theme } from "../tokens/tokens";
import { cellFeatures, type Measure } from "./cells";
import css from "./Plans.module.css";
import type { Presence } from "./requests";
import { usePlanMap } from "./usePlanMap";

interface Props {
  info: MapInfo;
  presence: Presence | undefined;
  measure: Measure;
  chosen: string | null;
  goal: LngLat | null;
}

// CellsMap draws cells: the more there was, the stronger; where nobody was though
// there are streets, dashed outlines. Near enough, the numbers stand in them.
export function CellsMap({ info, presence, measure, chosen, goal }: Props) {
  const { t } = useTranslation();
  const element = useRef<HTMLDivElement>(null);
  const map = usePlanMap(element, info, addLayers, paint);
  useEffect(() => {
    void map?.getSource<GeoJSONSource>("cells")?.setData(cellFeatures(presence, measure, chosen));
    if (element.current !== null && presence !== undefined) element.current.dataset.cells = String(presence.cells.length);
  }, [map, presence, measure, chosen]);
  const there = presence !== undefined;
  const first = useRef(presence);
  useEffect(() => {
    first.current = presence;
  });
  useEffect(() => {
    const points = (first.current?.cells ?? []).flatMap((c) => c.ring as LngLat[]);
    if (map === null || points.length === 0) return;
    const [lon, lat] = [points.map((p) => p[0]), points.map((p) => p[1])];
    const least = (a: number[]) => a.reduce((x, y) => Math.min(x, y));
    const most = (a: number[]) => a.reduce((x, y) => Math.max(x, y));
    map.fitBounds([least(lon), least(lat), most(lon), most(lat)], { padding: 30, maxZoom: 15, animate: false });
  }, [map, there]);
  useEffect(() => {
    if (map !== null && goal !== null) map.easeTo({ center: goal, zoom: Math.max(map.getZoom(), 15) });
  }, [map, goal]);
  return <div ref={element} className={css.map} role="region" aria-label={t("plans.cells.map")} data-testid="cells-map" />;
}

function addLayers(map: MapLibre): void {
  map.addSource("cells", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  map.addLayer({ id: "cells-fill", type: "fill", source: "cells", filter: [">", ["get", "step"], 0], paint: { "fill-opacity": ["match", ["get", "step"], 1, 0.18, 2, 0.34, 3, 0.52, 0.72] } }, beneath);
  map.addLayer({ id: "cells-edge", type: "line", source: "cells", filter: [">", ["get", "step"], 0], paint: { "line-width": 0.6, "line-opacity": 0.6 } }, beneath);
  map.addLayer({ id: "cells-blind", type: "line", source: "cells", filter: ["get", "blind"], paint: { "line-width": ["interpolate", ["linear"], ["zoom"], 11, 0.5, 15, 2], "line-opacity": ["interpolate", ["linear"], ["zoom"], 11, 0.45, 14, 0.9], "line-dasharray": [2, 1.5] } }, beneath);
  map.addLayer({ id: "cells-chosen", type: "line", source: "cells", filter: ["get", "chosen"], paint: { "line-width": 3.5 } }, beneath);
  map.addLayer({ id: "cells-n", type: "symbol", source: "cells", minzoom: 13.8, filter: [">", ["get", "n"], 0], layout: { "text-field": ["to-string", ["get", "n"]], "text-font": fonts.bold, "text-size": 12 }, paint: { "text-halo-width": 1.6 } });
}

function paint(map: MapLibre, theme: Theme): void {
  const c = (name: keyof typeof colors) => colors[name][theme];
  map.setPaintProperty("cells-fill", "fill-color", c("brand"));
  map.setPaintProperty("cells-edge", "line-color", c("brand-strong"));
  map.setPaintProperty("cells-blind", "line-color", c("confirmed"));
  map.setPaintProperty("cells-chosen", "line-color", c("text"));
  map.setPaintProperty("cells-n", "text-color", c("text"));
  map.setPaintProperty("cells-n", "text-halo-color", palette(theme).halo);
}
