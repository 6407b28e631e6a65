// Stations: where teams start from, and the pounds that trucks bring vehicles to.
import type { FeatureCollection, Point } from "geojson";
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { Station } from "../api/ground";
import { palette, type Theme } from "../tokens/tokens";
import type { NameOf } from "./grids";
import { above, drop, nothing, setVisible } from "./overlay";
import { byZoom } from "./style/ground";
import { fonts } from "./style/style";

export function stationMarks(stations: Station[], name: NameOf): FeatureCollection<Point> {
  return {
    type: "FeatureCollection",
    features: stations.map((s) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: s.at },
      properties: { id: s.id, kind: s.kind === "pound" ? "pound" : "station", name: name(s.name, s.code) },
    })),
  };
}

const layers = ["station"] as const;

export function addStations(map: MapLibre, theme: Theme) {
  map.addSource("stations", { type: "geojson", data: nothing });
  map.addLayer(
    {
      id: "station",
      type: "symbol",
      source: "stations",
      minzoom: 11,
      layout: {
        "icon-image": ["get", "kind"],
        "icon-size": byZoom(11, 0.7, 16, 1.1),
        "icon-allow-overlap": true,
        "text-field": ["step", ["zoom"], "", 14.5, ["get", "name"]],
        "text-font": fonts.medium,
        "text-size": byZoom(14, 10.5, 18, 12.5),
        "text-variable-anchor": ["top", "bottom", "left", "right"],
        "text-radial-offset": 0.95,
        "text-max-width": 9,
        "text-optional": true,
      },
      paint: { "text-halo-width": 1.6 },
    },
    above(map),
  );
  const paint = (t: Theme) => {
    const p = palette(t);
    map.setPaintProperty("station", "text-color", ["match", ["get", "kind"], "pound", p.pound, p.station]);
    map.setPaintProperty("station", "text-halo-color", p.halo);
  };
  paint(theme);
  return {
    paint,
    show: (stations: Station[], name: NameOf) => void map.getSource<GeoJSONSource>("stations")?.setData(stationMarks(stations, name)),
    visible: (on: boolean) => setVisible(map, layers, on),
    remove: () => drop(map, layers, ["stations"]),
  };
}
