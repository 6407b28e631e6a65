import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Palette } from "../../tokens/tokens";
import type { Shown } from "../layers";

const source = "city";

export const kind: ExpressionSpecification = ["get", "kind"];
export const visible = (shown: boolean): "visible" | "none" => (shown ? "visible" : "none");

// byZoom is linear between stops; the base of 1.5 follows how a map doubles per zoom.
export function byZoom(...stops: number[]): ExpressionSpecification {
  return ["interpolate", ["exponential", 1.5], ["zoom"], ...stops] as ExpressionSpecification;
}

// ground is everything that lies flat: land, green and water.
export function ground(p: Palette, shown: Shown): LayerSpecification[] {
  return [
    { id: "background", type: "background", paint: { "background-color": p.land } },
    {
      id: "land",
      type: "fill",
      source,
      "source-layer": "land",
      minzoom: 9,
      paint: {
        "fill-color": [
          "match",
          kind,
          ["industrial", "railway", "quarry", "landfill", "depot", "port"],
          p.industry,
          ["residential", "commercial", "retail", "construction"],
          p.built,
          ["farmland", "farmyard", "orchard", "vineyard", "island", "islet", "land"],
          p.land,
          p.built,
        ],
        "fill-antialias": false,
      },
    },
    {
      id: "green",
      type: "fill",
      source,
      "source-layer": "green",
      layout: { visibility: visible(shown.green) },
      paint: {
        "fill-color": [
          "match",
          kind,
          ["forest", "wood", "scrub", "nature_reserve"],
          p.wood,
          ["beach", "sand"],
          p.sand,
          p.green,
        ],
        "fill-opacity": byZoom(7, 0.5, 11, 1),
      },
    },
    {
      id: "waterway",
      type: "line",
      source,
      "source-layer": "waterway",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": p.water,
        "line-width": [
          "interpolate",
          ["exponential", 1.5],
          ["zoom"],
          9,
          ["match", kind, ["river", "canal"], 1, 0.3],
          15,
          ["match", kind, ["river", "canal"], 4, 1.4],
          18,
          ["match", kind, ["river", "canal"], 12, 4],
        ],
      },
    },
    {
      id: "water",
      type: "fill",
      source,
      "source-layer": "water",
      paint: { "fill-color": p.water },
    },
    {
      id: "water-edge",
      type: "line",
      source,
      "source-layer": "water",
      minzoom: 11,
      paint: { "line-color": p.waterline, "line-width": byZoom(11, 0.4, 16, 1.2), "line-opacity": 0.9 },
    },
  ];
}

// structures stand on the ground: runways, buildings, rails and borders.
export function structures(p: Palette, shown: Shown): LayerSpecification[] {
  return [
    {
      id: "aeroway-area",
      type: "fill",
      source,
      "source-layer": "aeroway",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": p.runway, "fill-opacity": 0.7 },
    },
    {
      id: "aeroway",
      type: "line",
      source,
      "source-layer": "aeroway",
      filter: ["==", ["geometry-type"], "LineString"],
      layout: { "line-cap": "butt", "line-join": "round" },
      paint: {
        "line-color": p.runway,
        "line-width": [
          "interpolate",
          ["exponential", 1.7],
          ["zoom"],
          10,
          ["match", kind, "runway", 2, 0.5],
          15,
          ["match", kind, "runway", 18, 5],
          18,
          ["match", kind, "runway", 90, 26],
        ],
      },
    },
    {
      id: "building",
      type: "fill",
      source,
      "source-layer": "building",
      minzoom: 14,
      layout: { visibility: visible(shown.buildings) },
      paint: {
        "fill-color": p.building,
        "fill-outline-color": p["building-edge"],
        "fill-opacity": byZoom(14, 0.3, 15, 0.85, 16, 1),
      },
    },
    {
      id: "boundary",
      type: "line",
      source,
      "source-layer": "boundary",
      layout: { visibility: visible(shown.borders), "line-join": "round" },
      paint: {
        "line-color": p.boundary,
        "line-width": [
          "interpolate",
          ["linear"],
          ["zoom"],
          4,
          ["match", kind, ["admin_2", "admin_3", "admin_4"], 1, 0.4],
          14,
          ["match", kind, ["admin_2", "admin_3", "admin_4"], 2, 1.1],
        ],
        "line-dasharray": [4, 3],
        "line-opacity": 0.7,
      },
    },
  ];
}
