// Signs of the spots that patrols call at, on the desk's maps and the phone's: a tag whose
// tip is at the place, with a number or a tick. Its pictures are among style/images.
import type { ExpressionSpecification, FilterSpecification, Map as MapLibre } from "maplibre-gl";
import { colors, type Theme } from "../tokens/tokens";
import { fonts } from "./style/style";

export type SpotSign = "spot" | "spot-on" | "spot-seen" | "spot-missed";

const sign: ExpressionSpecification = ["get", "sign"];

// addSpotSigns draws the points of a source that have a sign (SpotSign), its text, n, and
// an order below 1000.
// size 1 is 28 x 32 px. What is to be done lies above what is done.
export function addSpotSigns(map: MapLibre, id: string, source: string, size: number): void {
  const has: FilterSpecification = ["has", "sign"];
  map.addLayer({
    id, type: "symbol", source, filter: has,
    layout: {
      "icon-image": sign, "icon-anchor": "bottom", "icon-size": size, "icon-allow-overlap": true, "icon-ignore-placement": true,
      "text-field": ["get", "n"], "text-font": fonts.bold, "text-size": 13 * size, "text-offset": [0, -1.36], "text-allow-overlap": true, "text-ignore-placement": true,
      // A key of its own for each: then a sign hides the number of the one beneath it, too.
      "symbol-sort-key": ["+", ["*", 1000, ["match", sign, "spot-on", 3, "spot", 2, "spot-missed", 1, 0]], ["get", "order"]],
    },
  });
}

export function paintSpotSigns(map: MapLibre, id: string, theme: Theme): void {
  map.setPaintProperty(id, "text-color", ["match", sign, ["spot-on", "spot-seen"], colors.panel[theme], colors.text[theme]]);
}
