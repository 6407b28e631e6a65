// The base map's style: a pure function of theme, language and what is shown.
// It must look right with a full extract and with one that has streets only.
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Language } from "../../i18n/i18n";
import { palette, type Theme } from "../../tokens/tokens";
import type { Shown } from "../layers";
import { areaLabels, lineLabels } from "./labels";
import { ground, structures } from "./ground";
import { streets } from "./streets";

export interface Look {
  theme: Theme;
  language: Language;
  shown: Shown;
}

export const source = "city";
export const fonts = {
  regular: ["citygrid Regular", "Noto Sans SC"],
  medium: ["citygrid Medium", "Noto Sans SC"],
  bold: ["citygrid SemiBold", "Noto Sans SC"],
  italic: ["citygrid Italic", "Noto Sans SC"],
};

// beneath is the layer that our own lines and areas go under: labels stay on top.
export const beneath = "street-name";

export function cityStyle(look: Look, tiles: string): StyleSpecification {
  const p = palette(look.theme);
  const layers: LayerSpecification[] = [
    ...ground(p, look.shown),
    ...structures(p, look.shown),
    ...streets(p, look.shown, look.theme),
    ...lineLabels(p, look),
    ...areaLabels(p, look),
  ];
  return {
    version: 8,
    // No glyphs key: labels are drawn from the fonts the page has loaded.
    sources: { [source]: { type: "vector", tiles: [tiles], minzoom: 0, maxzoom: 15 } },
    layers,
  };
}
