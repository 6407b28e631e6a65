import type { FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { beneath } from "./style/style";

export const nothing: FeatureCollection = { type: "FeatureCollection", features: [] };

// filler gives a source what it shows. The same once more is left out: the map would
// cut its tiles anew and draw the whole city to show what it shows.
export function filler(map: MapLibre, source: string): (data: FeatureCollection) => void {
  let were = "";
  return (data) => {
    const now = JSON.stringify(data.features);
    if (now === were) return;
    were = now;
    void map.getSource<GeoJSONSource>(source)?.setData(data);
  };
}

// under is where areas go in: under routes and the names of the city.
export function under(map: MapLibre): string {
  return map.getLayer("focus-street") === undefined ? beneath : "focus-street";
}

// above is where names and marks of ours go in: over the city, under what moves and
// under counts, which no name may cover.
export function above(map: MapLibre): string | undefined {
  return ["rollup-disc", "units"].find((id) => map.getLayer(id) !== undefined);
}

export function setVisible(map: MapLibre, layers: readonly string[], visible: boolean): void {
  for (const id of layers) map.setLayoutProperty(id, "visibility", visible ? "visible" : "none");
}

export function drop(map: MapLibre, layers: readonly string[], sources: readonly string[]): void {
  for (const id of layers) if (map.getLayer(id) !== undefined) map.removeLayer(id);
  for (const id of sources) if (map.getSource(id) !== undefined) map.removeSource(id);
}
