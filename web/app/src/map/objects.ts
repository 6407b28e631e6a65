// Objects of the register on the map: shops, sites, contact points, cameras. Far out
// they are told by their number, close by each has its sign and its name.
import type { FeatureCollection, Point } from "geojson";
import type { Map as MapLibre } from "maplibre-gl";
import { objectKinds, type ObjectKind, type RegisterObject } from "../api/objects";
import type { LngLat } from "../api/types";
import { palette, type Theme } from "../tokens/tokens";
import type { NameOf } from "./grids";
import { above, drop, filler, nothing, setVisible } from "./overlay";
import { byZoom } from "./style/ground";
import { draw, put } from "./style/images";
import { fonts } from "./style/style";

// Strokes on a 16 x 16 field.
export const objectGlyphs: Record<ObjectKind, string> = {
  shop: "M4 6h8l.6 7H3.400L4 6M6 8V5a2 2 0 0 1 4 0v3",
  caterer: "M5 3v4a1.500 1.500 0 0 0 3 0V3M6.500 3v10M11 13V3c-1.600.8-2 2.500-2 4.500h2",
  breakfast: "M4 7h6.500v3a3 3 0 0 1-6.500 0zM10.500 8h.7a1.400 1.400 0 0 1 0 2.800h-.7M5.800 3v1.800M8.600 3v1.800",
  building: "M4 13V9.500h8V13M6 9.500V3h6M9.500 3v3M3 13h10",
  property: "M3.500 8 8 3.800 12.500 8M5 7v6h6V7",
  community: "M3 13h10M4.500 12V8M8 12V8M11.500 12V8M3 7l5-3.500L13 7z",
  volunteers: "M8 13 3.800 8.700a2.600 2.600 0 0 1 4.200-3 2.600 2.600 0 0 1 4.200 3z",
  contact: "M8 7.500a2.200 2.200 0 1 0-.01 0M3.800 13a4.200 4.200 0 0 1 8.400 0",
  station: "M5 13.500V3l6.500 2.300L5 8",
  camera: "M3 5.500h7v5.500H3zM10 7.700l3-1.700v5l-3-1.700",
};

export function objectMarks(objects: readonly RegisterObject[], name: NameOf): FeatureCollection<Point> {
  return {
    type: "FeatureCollection",
    features: objects.map((o) => ({ type: "Feature", geometry: { type: "Point", coordinates: o.at }, properties: { id: o.id, kind: o.kind, name: name(o.name, o.code) } })),
  };
}

const hereM = 20;

// objectsAt are those within 20 m of a place, the nearest first.
export function objectsAt(objects: readonly RegisterObject[], [lon, lat]: LngLat): RegisterObject[] {
  const north = 111_320;
  const east = north * Math.cos((lat * Math.PI) / 180);
  return objects
    .map((o) => ({ o, far: Math.hypot((o.at[0] - lon) * east, (o.at[1] - lat) * north) }))
    .filter(({ far }) => far <= hereM)
    .sort((a, b) => a.far - b.far)
    .map(({ o }) => o);
}

const source = "register-objects";
const layers = ["object-many", "object-count", "object-one"] as const;

export function addObjects(map: MapLibre, theme: Theme) {
  map.addSource(source, { type: "geojson", data: nothing, cluster: true, clusterMaxZoom: 15, clusterRadius: 44 });
  const fill = filler(map, source);
  const many = ["has", "point_count"] as const;
  map.addLayer({ id: "object-many", type: "circle", source, filter: [...many], paint: { "circle-radius": ["interpolate", ["linear"], ["get", "point_count"], 2, 9, 500, 19], "circle-stroke-width": 1.5, "circle-opacity": 0.92 } }, above(map));
  map.addLayer({ id: "object-count", type: "symbol", source, filter: [...many], layout: { "text-field": ["get", "point_count_abbreviated"], "text-font": fonts.medium, "text-size": 11, "text-allow-overlap": true } }, above(map));
  map.addLayer(
    {
      id: "object-one",
      type: "symbol",
      source,
      filter: ["!", [...many]],
      layout: {
        "icon-image": ["concat", "object-", ["get", "kind"]],
        "icon-size": byZoom(12, 0.72, 17, 1),
        "icon-allow-overlap": true,
        "text-field": ["step", ["zoom"], "", 16, ["get", "name"]],
        "text-font": fonts.medium,
        "text-size": 11.5,
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
    for (const kind of objectKinds) put(map, `object-${kind}`, sign(kind, p["poi-shop"], p.halo));
    map.setPaintProperty("object-many", "circle-color", p["poi-shop"]);
    map.setPaintProperty("object-many", "circle-stroke-color", p.halo);
    map.setPaintProperty("object-count", "text-color", p.halo);
    map.setPaintProperty("object-one", "text-color", p["poi-shop"]);
    map.setPaintProperty("object-one", "text-halo-color", p.halo);
  };
  paint(theme);
  return {
    paint,
    show: (objects: readonly RegisterObject[], name: NameOf) => fill(objectMarks(objects, name)),
    visible: (on: boolean) => setVisible(map, layers, on),
    remove: () => drop(map, layers, [source]),
  };
}

// sign is a square of the register's, where places of OpenStreetMap have a round one.
function sign(kind: ObjectKind, color: string, rim: string): ImageData {
  return draw(20, 20, (c) => {
    c.beginPath();
    c.roundRect(1, 1, 18, 18, 4.5);
    c.fillStyle = color;
    c.fill();
    c.lineWidth = 1.2;
    c.strokeStyle = rim;
    c.stroke();
    c.translate(2.4, 2.4);
    c.scale(0.95, 0.95);
    c.lineWidth = 1.5;
    c.stroke(new Path2D(objectGlyphs[kind]));
  });
}
