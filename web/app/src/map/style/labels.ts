import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";
import type { Language } from "../../i18n/i18n";
import type { Palette } from "../../tokens/tokens";
import { byZoom, kind, visible } from "./ground";
import { poiKinds, poiOf } from "./pois";
import { fonts, type Look } from "./style";
import { namedClasses } from "./streets";

const source = "city";

// named is the name in the reader's language, with the local one after it when
// they differ: a visitor reads it, a local can be asked.
export function named(language: Language, join: string): ExpressionSpecification {
  const local: ExpressionSpecification = ["coalesce", ["get", "name"], ""];
  const own: ExpressionSpecification =
    language === "zh-CN"
      ? ["coalesce", ["get", "name:zh"], ["get", "name:zh-Hans"], ["get", "name"], ""]
      : ["coalesce", ["get", "name:en"], ["get", "name"], ""];
  return [
    "case",
    ["any", ["==", own, local], ["==", local, ""], ["in", own, local]],
    own,
    ["format", own, {}, join, {}, local, { "font-scale": 0.85 }],
  ] as unknown as ExpressionSpecification;
}

const hasName: FilterSpecification = ["any", ["has", "name"], ["has", "name:en"], ["has", "name:zh"]] as unknown as FilterSpecification;
const rank: ExpressionSpecification = ["coalesce", ["get", "rank"], 99];

// lineLabels run along streets and rivers.
export function lineLabels(p: Palette, look: Look): LayerSpecification[] {
  const halo = { "text-halo-color": p.halo, "text-halo-width": 1.4, "text-halo-blur": 0.3 };
  const layout = { visibility: visible(look.shown.names) };
  return [
    {
      id: "street-name",
      type: "symbol",
      source,
      "source-layer": "street",
      minzoom: 12,
      filter: ["all", hasName, ["match", kind, namedClasses, true, false]] as unknown as FilterSpecification,
      layout: {
        ...layout,
        "symbol-placement": "line",
        "symbol-spacing": 320,
        "symbol-sort-key": ["match", kind, ["motorway", "trunk"], 0, "primary", 1, "secondary", 2, "tertiary", 3, ["residential", "unclassified"], 4, 5],
        "text-field": named(look.language, " "),
        "text-font": fonts.regular,
        "text-size": [
          "interpolate",
          ["linear"],
          ["zoom"],
          12,
          ["match", kind, ["motorway", "trunk", "primary", "secondary"], 11, 9.5],
          16,
          ["match", kind, ["motorway", "trunk", "primary", "secondary"], 13, 11.5],
          19,
          ["match", kind, ["motorway", "trunk", "primary", "secondary"], 16, 14],
        ],
        "text-max-angle": 30,
        "text-padding": 4,
        "text-letter-spacing": 0.02,
      },
      paint: {
        ...halo,
        "text-color": p["label-soft"],
        "text-opacity": ["step", ["zoom"], ["match", kind, ["motorway", "trunk", "primary", "secondary"], 1, 0], 13.5, ["match", kind, ["footway", "path", "steps", "cycleway", "track", "service"], 0, 1], 16, 1],
      },
    },
    {
      id: "waterway-name",
      type: "symbol",
      source,
      "source-layer": "waterway",
      minzoom: 12,
      filter: hasName,
      layout: { ...layout, "symbol-placement": "line", "text-field": named(look.language, " "), "text-font": fonts.italic, "text-size": byZoom(12, 11, 17, 14), "text-letter-spacing": 0.08 },
      paint: { ...halo, "text-color": p["label-water"] },
    },
    {
      id: "street-ref",
      type: "symbol",
      source,
      "source-layer": "street",
      minzoom: 9,
      filter: ["all", ["has", "ref"], ["match", kind, ["motorway", "trunk", "primary"], true, false], ["!=", ["get", "link"], true]] as unknown as FilterSpecification,
      layout: {
        ...layout,
        "symbol-placement": "line",
        "symbol-spacing": 380,
        // A street with several numbers shows its first.
        "text-field": ["slice", ["get", "ref"], 0, ["case", ["in", ";", ["get", "ref"]], ["index-of", ";", ["get", "ref"]], 9]],
        "text-font": fonts.medium,
        "text-size": 10,
        "text-rotation-alignment": "viewport",
        "icon-rotation-alignment": "viewport",
        "icon-image": "shield",
        "icon-text-fit": "both",
        "icon-text-fit-padding": [2, 5, 2, 5],
        "text-padding": 12,
      },
      paint: { "text-color": p.shield },
    },
  ];
}

// areaLabels stand at points: places, waters, parks, POIs, house numbers.
export function areaLabels(p: Palette, look: Look): LayerSpecification[] {
  const halo = { "text-halo-color": p.halo, "text-halo-width": 1.6, "text-halo-blur": 0.4 };
  const name = named(look.language, "\n");
  const names = visible(look.shown.names);
  return [
    {
      id: "house-number",
      type: "symbol",
      source,
      "source-layer": "housenumber",
      minzoom: 17,
      layout: { visibility: visible(look.shown.numbers), "text-field": ["get", "number"], "text-font": fonts.regular, "text-size": byZoom(17, 9.5, 20, 12), "text-padding": 3 },
      paint: { ...halo, "text-color": p["label-soft"] },
    },
    {
      id: "poi",
      type: "symbol",
      source,
      "source-layer": "poi",
      minzoom: 14.5,
      filter: ["any", [">=", ["zoom"], 16.5], ["<=", rank, 1]] as unknown as FilterSpecification,
      layout: {
        visibility: visible(look.shown.pois),
        "symbol-sort-key": rank,
        "icon-image": poiOf(["concat", "poi-"]),
        "icon-size": byZoom(14.5, 0.7, 18, 1),
        "text-field": name,
        "text-font": fonts.regular,
        "text-size": byZoom(15, 10.5, 19, 13),
        "text-variable-anchor": ["top", "left", "right", "bottom"],
        "text-radial-offset": 0.95,
        "text-justify": "auto",
        "text-max-width": 8,
        "text-optional": true,
        "text-padding": 3,
      },
      paint: { ...halo, "text-color": poiColor(p) },
    },
    {
      id: "water-name",
      type: "symbol",
      source,
      "source-layer": "water",
      minzoom: 10,
      filter: hasName,
      layout: { visibility: names, "text-field": name, "text-font": fonts.italic, "text-size": byZoom(10, 11, 16, 15), "text-max-width": 7, "text-letter-spacing": 0.08 },
      paint: { ...halo, "text-color": p["label-water"] },
    },
    {
      id: "green-name",
      type: "symbol",
      source,
      "source-layer": "green",
      minzoom: 13.5,
      filter: hasName,
      layout: { visibility: visible(look.shown.names && look.shown.green), "text-field": name, "text-font": fonts.regular, "text-size": byZoom(13, 10.5, 17, 13), "text-max-width": 7, "text-padding": 6 },
      paint: { ...halo, "text-color": p["label-green"] },
    },
    {
      id: "quarter",
      type: "symbol",
      source,
      "source-layer": "place",
      minzoom: 11.5,
      maxzoom: 16.5,
      filter: ["match", kind, ["suburb", "quarter", "neighbourhood", "hamlet", "locality", "isolated_dwelling"], true, false] as unknown as FilterSpecification,
      layout: {
        visibility: names,
        "symbol-sort-key": rank,
        "text-field": name,
        "text-font": fonts.medium,
        "text-size": ["interpolate", ["linear"], ["zoom"], 11, 10.5, 15, ["match", kind, ["suburb", "quarter"], 14, 12]],
        "text-letter-spacing": 0.06,
        "text-max-width": 7,
        "text-padding": 10,
      },
      paint: { ...halo, "text-color": p["label-soft"] },
    },
    {
      id: "place",
      type: "symbol",
      source,
      "source-layer": "place",
      maxzoom: 15,
      filter: ["match", kind, ["city", "town", "village", "municipality", "borough"], true, false] as unknown as FilterSpecification,
      layout: {
        visibility: names,
        "symbol-sort-key": rank,
        "text-field": name,
        "text-font": fonts.bold,
        "text-size": [
          "interpolate",
          ["linear"],
          ["zoom"],
          5,
          ["match", kind, "city", 12, 10],
          12,
          ["match", kind, "city", 20, "town", 15, 12.5],
          15,
          ["match", kind, "city", 24, "town", 18, 14],
        ],
        "text-max-width": 8,
        "text-padding": 8,
      },
      paint: { ...halo, "text-halo-width": 1.8, "text-color": p.label, "text-opacity": byZoom(13.5, 1, 15, 0.55) },
    },
  ];
}

function poiColor(p: Palette): ExpressionSpecification {
  const cases = poiKinds.flatMap((k) => [k, p[`poi-${k}`]]);
  return ["match", poiOf(), ...cases, p["label-soft"]] as unknown as ExpressionSpecification;
}
