import type { Map as MapLibre } from "maplibre-gl";
import { useEffect, useMemo, useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { Zones } from "../api/ground";
import type { LngLat, MapInfo } from "../api/types";
import { useFormat } from "../i18n/format";
import { isLanguage } from "../i18n/i18n";
import { useLive } from "../live/LiveProvider";
import { createMap, loadFonts, type CityMap } from "../map/create";
import { allShown } from "../map/layers";
import { drawPatterns } from "../map/patterns";
import { useMapWords } from "../map/words";
import { addZones, type ZoneWords } from "../map/zones";
import { currentTheme, useTheme } from "../shell/theme";
import { addSketch, type Shown, type SketchLayer } from "./layer";

const shown = { ...allShown, pois: false, arrows: false, grids: false, zones: false, stations: false };

interface Layers {
  zones: ReturnType<typeof addZones>;
  sketch: SketchLayer;
}

// useZonesMap is the map of the zones, with what is drawn over it.
export function useZonesMap(box: RefObject<HTMLDivElement | null>, info: MapInfo, zones: Zones | undefined, sketch: Shown | null, hidden: number | null, fault: LngLat | null): MapLibre | null {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const theme = useTheme();
  const { clock } = useLive();
  const language = isLanguage(i18n.language) ? i18n.language : "en";
  const words = useMapWords();
  const [city, setCity] = useState<CityMap | null>(null);
  const [layers, setLayers] = useState<Layers | null>(null);
  const first = useRef({ look: { theme, language, shown }, locale: words.locale });
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let gone = false;
    let made: CityMap | null = null;
    void loadFonts().then(() => {
      if (gone) return;
      made = createMap(element, info, null, first.current.look, first.current.locale);
      made.map.dragRotate.disable();
      made.map.touchZoomRotate.disableRotation();
      made.map.doubleClickZoom.disable();
      const { map } = made;
      const add = () => {
        drawPatterns(map, currentTheme());
        setLayers({ zones: addZones(map, currentTheme()), sketch: addSketch(map, currentTheme()) });
        element.dataset.ready = "true"; // for those who wait for the map, such as tests
      };
      if (map.isStyleLoaded() === true) add();
      else map.once("load", add);
      setCity(made);
    });
    return () => {
      gone = true;
      setCity(null);
      setLayers(null);
      made?.remove();
    };
  }, [box, info]);
  useEffect(() => {
    city?.look({ theme, language, shown });
    if (city === null || layers === null) return;
    drawPatterns(city.map, theme);
    layers.zones.paint(theme);
    layers.sketch.paint(theme);
  }, [city, layers, theme, language]);
  const said = useMemo<ZoneWords>(() => ({ name: (names, fallback) => format.name(names, fallback), starts: (iso) => t("zones.starts", { when: format.soon(iso, clock.now()) }) }), [format, t, clock]);
  useEffect(() => layers?.zones.show(zones ?? null, said), [layers, zones, said]);
  useEffect(() => layers?.zones.hide(hidden), [layers, hidden]);
  const drawn = JSON.stringify(sketch);
  useEffect(() => {
    const s = JSON.parse(drawn) as Shown | null;
    layers?.sketch.show(s ?? (fault === null ? null : { kind: "other", sketch: { shape: "area", areas: [] }, ground: null, open: [], corners: false, fault }));
  }, [layers, drawn, fault]);
  return city?.map ?? null;
}
