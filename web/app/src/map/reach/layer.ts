// What is reached in some minutes: bands that get fainter, each with its minutes
// along its edge.
import type { FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { Reached } from "../../api/closures";
import { palette, type Theme } from "../../tokens/tokens";
import { above, nothing, under } from "../overlay";
import { fonts } from "../style/style";

export const bands = [5, 10, 15] as const;

// opacities by band, from the nearest out; areas lie in each other, so they add up.
export const shares = [0.2, 0.14, 0.1] as const;

// reachBands has the widest first, so that the nearer ones lie on it.
export function reachBands(reached: Reached | null, words: (minutes: number) => string): FeatureCollection {
  if (reached === null) return nothing;
  const features = [...reached.features].sort((a, b) => b.properties.minutes - a.properties.minutes);
  return { type: "FeatureCollection", features: features.map((f) => ({ ...f, properties: { minutes: f.properties.minutes, label: words(f.properties.minutes) } })) };
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
