import type { GeoJSONSource, Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { LngLat, MapInfo } from "../api/types";
import { addSpotSigns, paintSpotSigns } from "../map/spotSigns";
import type { Theme } from "../tokens/tokens";
import css from "./Plans.module.css";
import type { Spot } from "./requests";
import { spotFeatures } from "./spots";
import { usePlanMap } from "./usePlanMap";

interface Props {
  info: MapInfo;
  spots: Spot[];
  chosen: number | null;
  at: LngLat | null;
  onPlace: (at: LngLat) => void;
}

// SpotsMap draws the spots; a click says where the one in the form is.
export function SpotsMap({ info, spots, chosen, at, onPlace }: Props) {
  const { t } = useTranslation();
  const element = useRef<HTMLDivElement>(null);
  const map = usePlanMap(element, info, addSpotLayers, paintSpots);
  const place = useRef(onPlace);
  useEffect(() => {
    place.current = onPlace;
  });
  useEffect(() => {
    void map?.getSource<GeoJSONSource>("spots")?.setData(spotFeatures(spots, chosen, at));
  }, [map, spots, chosen, at]);
  useEffect(() => {
    if (map === null) return;
    const click = (e: MapMouseEvent) => place.current([Number(e.lngLat.lng.toFixed(6)), Number(e.lngLat.lat.toFixed(6))]);
    map.on("click", click);
    return () => {
      map.off("click", click);
    };
  }, [map]);
  useEffect(() => {
    if (map !== null && at !== null && !map.getBounds().contains(at)) map.easeTo({ center: at, zoom: Math.max(map.getZoom(), 15) });
  }, [map, at]);
  return <div ref={element} className={css.map} role="region" aria-label={t("plans.spots.map")} data-testid="spots-map" />;
}

// addSpotLayers has the source spots drawn: how often, or how many visits are left.
export function addSpotLayers(map: MapLibre): void {
  map.addSource("spots", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  addSpotSigns(map, "spots", "spots", 1);
}

export function paintSpots(map: MapLibre, theme: Theme): void {
  paintSpotSigns(map, "spots", theme);
}
