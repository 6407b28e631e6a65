import type { ExpressionSpecification, FilterSpecification, LineLayerSpecification, LayerSpecification } from "maplibre-gl";
import type { Palette, Theme } from "../../tokens/tokens";
import type { Shown } from "../layers";
import { byZoom, kind, visible } from "./ground";

const source = "city";

// A Rank is one weight of line. Classes are OpenStreetMap's highway values.
interface Rank {
  id: "motorway" | "main" | "second" | "third" | "street" | "service";
  classes: string[];
  minzoom: number;
  width: number[]; // zoom, pixels, zoom, pixels ...
  casing: number; // pixels on each side at high zoom
}

export const ranks: Rank[] = [
  { id: "service", classes: ["service", "busway"], minzoom: 13, width: [13, 0.5, 15, 2, 17, 6, 19, 14], casing: 0.8 },
  {
    id: "street",
    classes: ["residential", "unclassified", "living_street", "pedestrian", "road"],
    minzoom: 11,
    width: [11, 0.4, 13, 1.3, 15, 5, 17, 13, 19, 30],
    casing: 1,
  },
  { id: "third", classes: ["tertiary"], minzoom: 10, width: [10, 0.5, 12, 1.3, 14, 3.6, 16, 10, 19, 34], casing: 1 },
  { id: "second", classes: ["secondary"], minzoom: 8, width: [8, 0.5, 12, 1.7, 14, 4.2, 16, 11, 19, 36], casing: 1.1 },
  { id: "main", classes: ["trunk", "primary"], minzoom: 6, width: [6, 0.5, 10, 1.6, 13, 4, 15, 8.5, 17, 18, 19, 42], casing: 1.2 },
  { id: "motorway", classes: ["motorway"], minzoom: 5, width: [5, 0.6, 9, 1.7, 12, 3.6, 14, 6.5, 16, 13, 19, 42], casing: 1.3 },
];

export const pathClasses = ["footway", "path", "steps", "cycleway", "track", "bridleway", "corridor"];
export const namedClasses = [...ranks.flatMap((r) => r.classes), "footway", "path", "cycleway", "track", "steps"];

const isBridge: FilterSpecification = ["==", ["get", "bridge"], true];
const isTunnel: FilterSpecification = ["==", ["get", "tunnel"], true];

function filter(classes: string[], ...more: unknown[]): FilterSpecification {
  return ["all", ["match", kind, classes, true, false], ...more] as unknown as FilterSpecification;
}

function pairs(stops: number[]): [number, number][] {
  return stops.flatMap((zoom, i) => (i % 2 === 0 ? [[zoom, stops[i + 1] ?? 0] as [number, number]] : []));
}

// Seen from afar a street is one quiet line; its edges come when one walks in it.
function edgeFrom(r: Rank): number {
  return r.id === "motorway" ? 9.5 : Math.max(r.minzoom, 11.5);
}

// width of a street's fill, or with a casing added on both sides. Slip roads are thinner.
function width(r: Rank, casing: boolean): ExpressionSpecification {
  const stops = pairs(r.width).flatMap(([zoom, px]) => {
    const edge = casing ? 2 * Math.min(r.casing, 0.35 + px * 0.12) : 0;
    return [zoom, ["case", ["==", ["get", "link"], true], px * 0.62 + edge, px + edge]];
  });
  return ["interpolate", ["exponential", 1.5], ["zoom"], ...stops] as unknown as ExpressionSpecification;
}

// A hairline's ends and corners are less than a pixel: rounding them there would
// double what the card has to draw and show nothing.
function round<T extends string>(near: T, far: T): T {
  return near === far ? near : (["step", ["zoom"], far, 14, near] as unknown as T);
}

export function streets(p: Palette, shown: Shown, theme: Theme): LayerSpecification[] {
  const fillOf = { motorway: p.motorway, main: p.main, second: p.main, third: p.street, street: p.street, service: p.street };
  const edgeOf = {
    motorway: p["motorway-edge"],
    main: p["main-edge"],
    second: p["main-edge"],
    third: p["street-edge"],
    street: p["street-edge"],
    service: p["street-edge"],
  };
  const show = (r: Rank) => visible(r.id !== "service" || shown.service);
  const sort: ExpressionSpecification = ["coalesce", ["get", "level"], 0];
  const line = (id: string, r: Rank, more: unknown[], o: Partial<LineLayerSpecification["paint"]>, cap: "round" | "butt"): LayerSpecification => ({
    id,
    type: "line",
    source,
    "source-layer": "street",
    minzoom: r.minzoom,
    filter: filter(r.classes, ...more),
    layout: { "line-cap": round(cap, "butt"), "line-join": round("round", "bevel"), "line-sort-key": sort, visibility: show(r) },
    paint: o,
  });
  const flat = [
    ["!=", ["get", "bridge"], true],
    ["!=", ["get", "tunnel"], true],
  ];
  const fadeIn = (r: Rank) => byZoom(r.minzoom, 0.4, r.minzoom + 1.5, 1);
  const tunnels = ranks.flatMap((r) => [
    line(`tunnel-${r.id}-edge`, r, [isTunnel], { "line-color": edgeOf[r.id], "line-width": width(r, true), "line-dasharray": [1.2, 0.9], "line-opacity": 0.8 }, "butt"),
    line(`tunnel-${r.id}`, r, [isTunnel], { "line-color": p.tunnel, "line-width": width(r, false) }, "butt"),
  ]);
  const casings = ranks.map((r) =>
    line(`street-${r.id}-edge`, r, flat, { "line-color": edgeOf[r.id], "line-width": width(r, true), "line-opacity": byZoom(edgeFrom(r), 0, edgeFrom(r) + 3, 1) }, "round"),
  );
  const fills = ranks.map((r) =>
    line(
      `street-${r.id}`,
      r,
      flat,
      {
        // White streets vanish on pale land while they are hairlines; there the edge colour draws them.
        "line-color":
          theme === "light" && ["street", "third", "service"].includes(r.id)
            ? ["interpolate", ["linear"], ["zoom"], r.minzoom + 1, p["street-edge"], r.minzoom + 2.5, p.street]
            : theme === "light" && r.id !== "motorway"
              ? ["interpolate", ["linear"], ["zoom"], 9, p["main-edge"], 13, p.main]
              : fillOf[r.id],
        "line-width": width(r, false),
        "line-opacity": fadeIn(r),
      },
      "round",
    ),
  );
  const bridges = ranks.flatMap((r) => [
    line(`bridge-${r.id}-edge`, r, [isBridge], { "line-color": edgeOf[r.id], "line-width": width(r, true), "line-opacity": byZoom(r.minzoom + 1, 0, r.minzoom + 3, 1) }, "butt"),
    line(`bridge-${r.id}`, r, [isBridge], { "line-color": fillOf[r.id], "line-width": width(r, false), "line-opacity": fadeIn(r) }, "round"),
  ]);
  return [...tunnels, ...paths(p, shown), ...casings, ...fills, ...rails(p, shown), ...bridges, ferry(p), arrows(shown)];
}

function paths(p: Palette, shown: Shown): LayerSpecification[] {
  return [
    {
      id: "path",
      type: "line",
      source,
      "source-layer": "street",
      minzoom: 14,
      filter: filter(pathClasses),
      layout: { visibility: visible(shown.paths), "line-join": "round" },
      paint: {
        "line-color": p.path,
        "line-width": byZoom(14, 0.7, 16, 1.4, 19, 4),
        "line-dasharray": ["match", kind, "steps", ["literal", [0.6, 0.6]], "track", ["literal", [4, 1.5]], ["literal", [2, 1.2]]],
        "line-opacity": byZoom(14, 0.4, 15.5, 1),
      },
    },
  ];
}

function rails(p: Palette, shown: Shown): LayerSpecification[] {
  const layout = { visibility: visible(shown.rail) };
  const under = ["match", kind, ["subway"], true, false] as unknown as ExpressionSpecification;
  return [
    {
      id: "rail",
      type: "line",
      source,
      "source-layer": "rail",
      minzoom: 9,
      layout,
      paint: {
        "line-color": p.rail,
        "line-width": byZoom(9, 0.5, 14, 1.3, 18, 3),
        "line-opacity": ["case", ["any", under, ["==", ["get", "tunnel"], true]], 0.4, 0.9],
      },
    },
    {
      id: "rail-ties",
      type: "line",
      source,
      "source-layer": "rail",
      minzoom: 14,
      filter: ["all", ["!=", kind, "subway"], ["!=", ["get", "tunnel"], true]],
      layout,
      paint: { "line-color": p.rail, "line-width": byZoom(14, 3.5, 18, 9), "line-dasharray": [0.22, 2.4], "line-opacity": 0.9 },
    },
  ];
}

function ferry(p: Palette): LayerSpecification {
  return {
    id: "ferry",
    type: "line",
    source,
    "source-layer": "street",
    filter: filter(["ferry"]),
    paint: { "line-color": p["label-water"], "line-width": byZoom(9, 0.8, 16, 1.8), "line-dasharray": [3, 3], "line-opacity": 0.6 },
  };
}

function arrows(shown: Shown): LayerSpecification {
  return {
    id: "arrow",
    type: "symbol",
    source,
    "source-layer": "street",
    minzoom: 15.5,
    filter: ["all", ["match", kind, ranks.flatMap((r) => r.classes), true, false], ["match", ["to-number", ["get", "oneway"]], [1, -1], true, false]] as unknown as FilterSpecification,
    layout: {
      visibility: visible(shown.arrows),
      "symbol-placement": "line",
      "symbol-spacing": 110,
      "icon-image": "arrow",
      "icon-size": byZoom(15.5, 0.42, 19, 0.85),
      "icon-rotate": ["case", ["==", ["to-number", ["get", "oneway"]], -1], 180, 0],
      "icon-rotation-alignment": "map",
      "icon-padding": 2,
    },
    paint: { "icon-opacity": 0.9 },
  };
}
