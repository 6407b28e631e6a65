// What is reached in some minutes: bands that get fainter, each with its minutes
// along its edge.
import type { FeatureCollection, Geometry, Position } from "geojson";
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { Reached } from "../../api/closures";
import { palette, type Theme } from "../../tokens/tokens";
import { above, nothing, under } from "../overlay";
import { fonts } from "../style/style";

export const bands = [5, 10, 15] as const;

// opacities by band, from the nearest out; areas lie in each other, so they add up.
export const shares = [0.2, 0.14, 0.1] as const;

// area of a ring, in square degrees: only ratios are asked for.
function area(ring: Position[]): number {
  let sum = 0;
  ring.forEach(([x = 0, y = 0], i) => {
    const [u = 0, v = 0] = ring[(i + 1) % ring.length] ?? [];
    sum += x * v - u * y;
  });
  return Math.abs(sum) / 2;
}

// Yards and parks that no street leads into would fill the map with edges. What is
// smaller than this share of a band's largest piece isn't drawn; what the server
// answers is exact.
export const least = 1 / 300;

export function calm(shape: Geometry): Geometry {
  if (shape.type !== "Polygon" && shape.type !== "MultiPolygon") return shape;
  const pieces = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
  const smallest = least * Math.max(0, ...pieces.map(([outer]) => area(outer ?? [])));
  return {
    type: "MultiPolygon",
    coordinates: pieces.map((rings) => rings.filter((ring) => area(ring) >= smallest)).filter((rings, i) => rings.length > 0 && rings[0] === pieces[i]?.[0]),
  };
}

// reachBands has the widest first, so that the nearer ones lie on it.
export function reachBands(reached: Reached | null, words: (minutes: number) => string): FeatureCollection {
  if (reached === null) return nothing;
  const features = [...reached.features].sort((a, b) => b.properties.minutes - a.properties.minutes);
  return { type: "FeatureCollection", features: features.map((f) => ({ ...f, geometry: calm(f.geometry as Geometry), properties: { minutes: f.properties.minutes, label: words(f.properties.minutes) } })) };
}

export function addReach(map: MapLibre, theme: Theme) {
  map.addSource("reach", { type: "geojson", data: nothing });
  map.addLayer({ id: "reach-fill", type: "fill", source: "reach", paint: { "fill-opacity": ["match", ["get", "minutes"], bands[0], shares[0], bands[1], shares[1], shares[2]] } }, under(map));
  map.addLayer({ id: "reach-edge", type: "line", source: "reach", layout: { "line-join": "round" }, paint: { "line-width": ["match", ["get", "minutes"], bands[0], 2.4, bands[1], 1.8, 1.3], "line-opacity": 0.9 } }, under(map));
  map.addLayer(
    {
      id: "reach-label",
      type: "symbol",
      source: "reach",
      layout: { "symbol-placement": "line", "symbol-spacing": 260, "text-field": ["get", "label"], "text-font": fonts.bold, "text-size": 12, "text-max-angle": 90, "text-padding": 8 },
      paint: { "text-halo-width": 2 },
    },
    above(map),
  );
  const paint = (t: Theme) => {
    const p = palette(t);
    map.setPaintProperty("reach-fill", "fill-color", p.focus);
    map.setPaintProperty("reach-edge", "line-color", p.focus);
    map.setPaintProperty("reach-label", "text-color", p.focus);
    map.setPaintProperty("reach-label", "text-halo-color", p.halo);
  };
  paint(theme);
  return { paint, show: (reached: Reached | null, words: (minutes: number) => string) => void map.getSource<GeoJSONSource>("reach")?.setData(reachBands(reached, words)) };
}
