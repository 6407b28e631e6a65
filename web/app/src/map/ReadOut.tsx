import type { Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import css from "./CityView.module.css";
import { scaleFor } from "./scale";

// ReadOut is the foot of the map: scale, coordinates, and whose data it is. It
// writes to the page itself: a component per mouse move would be too slow.
export function ReadOut({ map, attribution }: { map: MapLibre | null; attribution: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const bar = useRef<HTMLSpanElement>(null);
  const text = useRef<HTMLSpanElement>(null);
  const coords = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (map === null) return;
    const show = () => {
      const { metres, pixels } = scaleFor(map.getZoom(), map.getCenter().lat, 90);
      if (bar.current !== null) bar.current.style.width = `${pixels}px`;
      if (text.current !== null) text.current.textContent = format.distance(metres);
    };
    const point = (lat: number, lng: number) => {
      if (coords.current !== null) coords.current.textContent = `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
    };
    const move = (e: { lngLat: { lat: number; lng: number } }) => point(e.lngLat.lat, e.lngLat.lng);
    show();
    point(map.getCenter().lat, map.getCenter().lng);
    map.on("move", show);
    map.on("mousemove", move);
    return () => {
      map.off("move", show);
      map.off("mousemove", move);
    };
  }, [map, format]);
  return (
    <div className={css.foot}>
      <span className={css.coords} ref={coords} title={t("map.coords")} />
      <span className={css.scaleText}>
        <span ref={text} />
        <span className={css.scale} ref={bar} aria-hidden />
      </span>
      <a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noreferrer">
        {attribution}
      </a>
    </div>
  );
}
