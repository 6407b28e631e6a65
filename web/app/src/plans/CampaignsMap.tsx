import type { ExpressionSpecification, GeoJSONSource, Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import { useEffect, useRef, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { LngLat, MapInfo } from "../api/types";
import { beneath, fonts } from "../map/style/style";
import { colors, type Theme } from "../tokens/tokens";
import { pairColours, pairFeatures, roadFeatures } from "./campaigns";
import css from "./Plans.module.css";
import type { CampaignDay, CampaignRoad } from "./requests";
import { usePlanMap } from "./usePlanMap";

interface Props {
  info: MapInfo;
  roads: readonly CampaignRoad[];
  found: readonly CampaignRoad[];
  meet: LngLat | null;
  day: CampaignDay | null;
  pair: number | null;
  onClick: ((at: LngLat) => void) | null;
  box: RefObject<(() => string) | null>; // what is seen: west,south,east,north
}

// CampaignsMap draws a campaign's roads, or the walks of a day, each pair's in a colour
// and with its number.
export function CampaignsMap({ info, roads, found, meet, day, pair, onClick, box }: Props) {
  const { t } = useTranslation();
  const element = useRef<HTMLDivElement>(null);
  const map = usePlanMap(element, info, addLayers, paint);
  const click = useRef(onClick);
  useEffect(() => {
    click.current = onClick;
  });
  const label = t("plans.campaigns.meetShort");
  useEffect(() => {
    void map?.getSource<GeoJSONSource>("campaign-roads")?.setData(roadFeatures(roads, found, meet, label));
  }, [map, roads, found, meet, label]);
  useEffect(() => {
    void map?.getSource<GeoJSONSource>("campaign-pairs")?.setData(pairFeatures(day, pair));
  }, [map, day, pair]);
  useEffect(() => {
    if (map === null) return;
    const pressed = (e: MapMouseEvent) => click.current?.([Number(e.lngLat.lng.toFixed(6)), Number(e.lngLat.lat.toFixed(6))]);
    map.on("click", pressed);
    box.current = () => map.getBounds().toArray().flat().map((n) => n.toFixed(5)).join(",");
    return () => {
      map.off("click", pressed);
      box.current = null;
    };
  }, [map, box]);
  const shown = day === null ? (roads.flatMap((r) => r.lines.flat()) as LngLat[]) : (day.pairs.filter((p) => pair === null || p.n === pair).flatMap((p) => p.line) as LngLat[]);
  const points = useRef(shown);
  useEffect(() => {
    points.current = shown;
  });
  const which = day === null ? `r${roads.length > 0 && found.length === 0}` : `d${day.id} ${day.version} ${pair ?? 0}`;
  useEffect(() => {
    const list = points.current;
    if (map === null || list.length === 0) return;
    const [lon, lat] = [list.map((p) => p[0]), list.map((p) => p[1])];
    map.fitBounds([Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)], { padding: 50, maxZoom: 16.5 });
  }, [map, which]);
  return <div ref={element} className={css.map} role="region" aria-label={t("plans.campaigns.map")} data-testid="campaigns-map" />;
}

const empty = { type: "FeatureCollection" as const, features: [] };
const is = (part: string): ExpressionSpecification => ["==", ["get", "part"], part];
const faint: ExpressionSpecification = ["case", ["get", "faint"], 0.25, 1];

function addLayers(map: MapLibre): void {
  const round = { "line-cap": "round", "line-join": "round" } as const;
  for (const id of ["campaign-roads", "campaign-pairs"]) map.addSource(id, { type: "geojson", data: empty });
  map.addLayer({ id: "campaign-found", type: "line", source: "campaign-roads", filter: is("found"), layout: round, paint: { "line-width": 6, "line-dasharray": [1, 1.6] } }, beneath);
  map.addLayer({ id: "campaign-road", type: "line", source: "campaign-roads", filter: is("road"), layout: round, paint: { "line-width": ["interpolate", ["linear"], ["zoom"], 12, 4, 17, 14], "line-opacity": 0.45 } }, beneath);
  map.addLayer({ id: "campaign-walk", type: "line", source: "campaign-pairs", filter: is("walk"), layout: round, paint: { "line-width": ["interpolate", ["linear"], ["zoom"], 12, 2.5, 17, 5], "line-opacity": faint } });
  map.addLayer({ id: "campaign-arrow", type: "symbol", source: "campaign-pairs", minzoom: 14, filter: is("walk"), layout: { "symbol-placement": "line", "symbol-spacing": 110, "icon-image": "route-arrow", "icon-size": 0.7, "icon-allow-overlap": true, "icon-ignore-placement": true }, paint: { "icon-opacity": faint } });
  map.addLayer({ id: "campaign-meet", type: "circle", source: "campaign-roads", filter: is("meet"), paint: { "circle-radius": 9, "circle-stroke-width": 4 } });
  map.addLayer({ id: "campaign-meet-n", type: "symbol", source: "campaign-roads", filter: is("meet"), layout: { "text-field": ["get", "label"], "text-font": fonts.bold, "text-size": 12, "text-offset": [0, 1.4], "text-allow-overlap": true }, paint: { "text-halo-width": 1.6 } });
  for (const [part, radius, size] of [["stop", 9, 10], ["pair", 13, 14]] as const) {
    map.addLayer({ id: `campaign-${part}`, type: "circle", source: "campaign-pairs", filter: is(part), paint: { "circle-radius": radius, "circle-stroke-width": 2, "circle-opacity": faint, "circle-stroke-opacity": faint } });
    map.addLayer({ id: `campaign-${part}-n`, type: "symbol", source: "campaign-pairs", filter: is(part), layout: { "text-field": ["get", "n"], "text-font": fonts.bold, "text-size": size, "text-allow-overlap": true, "text-ignore-placement": true }, paint: { "text-opacity": faint } });
  }
}

function paint(map: MapLibre, theme: Theme): void {
  const c = (name: keyof typeof colors) => colors[name][theme];
  const set = (layer: string, name: string, value: unknown) => map.setPaintProperty(layer, name as "line-color", value as string);
  const pairs = ["match", ["get", "c"], ...pairColours[theme].flatMap((colour, i) => [i, colour]), c("text")];
  set("campaign-found", "line-color", c("likely"));
  set("campaign-road", "line-color", c("brand"));
  set("campaign-walk", "line-color", pairs);
  set("campaign-meet", "circle-color", c("panel"));
  set("campaign-meet", "circle-stroke-color", c("brand"));
  set("campaign-meet-n", "text-color", c("text"));
  set("campaign-meet-n", "text-halo-color", c("panel"));
  for (const part of ["stop", "pair"]) {
    set(`campaign-${part}`, "circle-color", pairs);
    set(`campaign-${part}`, "circle-stroke-color", c("panel"));
    set(`campaign-${part}-n`, "text-color", c("panel"));
  }
}
