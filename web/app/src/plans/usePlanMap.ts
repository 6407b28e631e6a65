import type { Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { MapInfo } from "../api/types";
import { isLanguage } from "../i18n/i18n";
import { createMap, loadFonts, type CityMap } from "../map/create";
import { loadShown } from "../map/layers";
import { useMapWords } from "../map/words";
import { useTheme } from "../shell/theme";
import type { Theme } from "../tokens/tokens";

// usePlanMap is a map of the city in a box, with layers of one's own and their
// colours; null until they are there. add and paint must not change.
export function usePlanMap(box: RefObject<HTMLDivElement | null>, info: MapInfo, add: (map: MapLibre) => void, paint: (map: MapLibre, theme: Theme) => void): MapLibre | null {
  const { i18n } = useTranslation();
  const theme = useTheme();
  const language = isLanguage(i18n.language) ? i18n.language : "en";
  const words = useMapWords();
  const made = useRef<CityMap | null>(null);
  const [map, setMap] = useState<MapLibre | null>(null);
  const first = useRef({ look: { theme, language, shown: loadShown() }, words });

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let gone = false;
    void loadFonts().then(() => {
      if (gone) return;
      const c = createMap(element, info, null, first.current.look, first.current.words.locale);
      made.current = c;
      c.map.once("style.load", () => {
        add(c.map);
        paint(c.map, first.current.look.theme);
        setMap(c.map);
      });
      c.map.once("load", () => {
        element.dataset.ready = "true";
      });
    });
    return () => {
      gone = true;
      made.current?.remove();
      made.current = null;
      setMap(null);
    };
  }, [box, info, add, paint]);

  useEffect(() => {
    const look = { theme, language, shown: loadShown() };
    first.current = { look, words };
    made.current?.look(look);
    if (map !== null) paint(map, theme);
  }, [theme, language, words, map, paint]);
  return map;
}
