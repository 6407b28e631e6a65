import type { FilterSpecification, Map as MapLibre } from "maplibre-gl";
import type { Bounds } from "../api/types";
import { palette, type Theme } from "../tokens/tokens";
import type { Spot } from "./desk";
import { beneath, source } from "./style/style";

const nothing: FilterSpecification = ["==", ["get", "kind"], "-"];

// streetFilter picks a found street's own lines out of the tiles: the same name,
// within the bounds that the search gave, for a city has many Main Streets.
export function streetFilter(spot: Spot | null): FilterSpecification {
  if (spot?.hit?.kind !== "street" || spot.bounds === undefined) return nothing;
  const name = spot.hit.names[""] ?? spot.hit.name;
  return ["all", ["==", ["get", "name"], name], ["within", box(spot.bounds)]];
}

// box is a polygon somewhat larger than the bounds: below zoom 14 lines are
// merged and rounded to the tile's grid.
function box([w, s, e, n]: Bounds): GeoJSON.Polygon {
  const m = 0.0008;
  return { type: "Polygon", coordinates: [[[w - m, s - m], [e + m, s - m], [e + m, n + m], [w - m, n + m], [w - m, s - m]]] };
}

// addFocus marks the chosen street with a soft band under the labels.
export function addFocus(map: MapLibre, theme: Theme) {
  map.addLayer(
    {
      id: "focus-street",
      type: "line",
      source,
      "source-layer": "street",
      filter: nothing,
      // Butt: round ends of half-clear lines would show as beads at every junction.
      layout: { "line-cap": "butt", "line-join": "round" },
      paint: { "line-width": ["interpolate", ["exponential", 1.5], ["zoom"], 11, 4, 15, 9, 19, 34], "line-opacity": 0.45 },
    },
    beneath,
  );
  const paint = (t: Theme) => map.setPaintProperty("focus-street", "line-color", palette(t).focus);
  paint(theme);
  return { paint, show: (spot: Spot | null) => map.setFilter("focus-street", streetFilter(spot)) };
}
