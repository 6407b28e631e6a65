// Zones: what may not be where. Each kind has its own sign; one that does not
// hold now is grey and says when it next does.
import type { Feature, FeatureCollection, Point } from "geojson";
import type { ExpressionSpecification, FilterSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { zoneKinds, type ZoneKind, type ZoneProperties, type Zones } from "../api/ground";
import { palette, type Theme } from "../tokens/tokens";
import { anchor } from "./anchor";
import type { NameOf } from "./grids";
import { above, drop, nothing, setVisible, under } from "./overlay";
import { byZoom } from "./style/ground";
import { fonts } from "./style/style";

// A Sign is how a zone is drawn: by its kind while it holds, else as off.
export type Sign = ZoneKind | "off";

export function signOf(zone: Pick<ZoneProperties, "kind" | "active">): Sign {
  return zone.active ? zone.kind : "off";
}

export interface ZoneWords {
  name: NameOf;
  starts: (iso: string) => string; // "from Mon 17:00"
}

export function zoneAreas(zones: Zones | null): FeatureCollection {
  if (zones === null) return nothing;
  return {
    type: "FeatureCollection",
    features: zones.features.map(({ geometry, properties }): Feature => ({ type: "Feature", geometry, properties: { id: properties.id, sign: signOf(properties) } })),
  };
}

export function zoneNames(zones: Zones | null, words: ZoneWords): FeatureCollection<Point> {
  return {
    type: "FeatureCollection",
    features: (zones?.features ?? []).map(({ geometry, properties: z }) => {
      const name = words.name(z.name, `#${z.id}`);
      const starts = !z.active && z.next_change !== null ? words.starts(z.next_change) : "";
      return {
        type: "Feature",
        geometry: { type: "Point", coordinates: anchor(geometry) },
        properties: { id: z.id, sign: signOf(z), name, starts },
      };
    }),
  };
}

const is = (...signs: Sign[]): FilterSpecification => ["match", ["get", "sign"], signs, true, false] as unknown as FilterSpecification;
// Kinds whose fill is a pattern: colour alone never tells them apart.
const patterns: Partial<Record<Sign, string>> = { "no-dog": "zone-hatch", "parking-frame": "zone-bars", market: "zone-dots", "drop-off": "zone-cross", water: "zone-waves" };
const patterned = Object.keys(patterns) as Sign[];
const layers = ["zone-fill", "zone-hatch", "zone-on", "zone-edge", "zone-strict", "zone-dash", "zone-off", "zone-name"] as const;

export function addZones(map: MapLibre, theme: Theme) {
  map.addSource("zones", { type: "geojson", data: nothing });
  map.addSource("zone-names", { type: "geojson", data: nothing });
  const before = under(map);
  const join = { "line-join": "round" } as const;
  map.addLayer({ id: "zone-fill", type: "fill", source: "zones", filter: ["!", is(...patterned)] as unknown as FilterSpecification, paint: { "fill-opacity": ["match", ["get", "sign"], "off", 0.05, "strict-road", 0.08, 0.14] } }, before);
  map.addLayer({ id: "zone-hatch", type: "fill", source: "zones", filter: is(...patterned), paint: { "fill-pattern": ["match", ["get", "sign"], ...Object.entries(patterns).flat(), "zone-hatch"] as unknown as ExpressionSpecification } }, before);
  // The zone that is looked at gets a band under its edge.
  map.addLayer({ id: "zone-on", type: "line", source: "zones", filter: ["==", ["get", "id"], -1], layout: join, paint: { "line-width": byZoom(12, 6, 17, 12), "line-opacity": 0.3 } }, before);
  map.addLayer({ id: "zone-edge", type: "line", source: "zones", filter: is("no-dog", "no-parking", "loading", "stall", "parking-frame", "market", "drop-off", "station", "water", "other"), layout: join, paint: { "line-width": byZoom(12, 1, 17, 2) } }, before);
  map.addLayer({ id: "zone-strict", type: "line", source: "zones", filter: is("strict-road"), layout: join, paint: { "line-width": byZoom(12, 2, 17, 4.5) } }, before);
  map.addLayer({ id: "zone-dash", type: "line", source: "zones", filter: is("timed"), layout: join, paint: { "line-width": byZoom(12, 1.5, 17, 2.5), "line-dasharray": [3, 2] } }, before);
  map.addLayer({ id: "zone-off", type: "line", source: "zones", filter: is("off"), layout: join, paint: { "line-width": byZoom(12, 1, 17, 1.6), "line-dasharray": [1.5, 2] } }, before);
  map.addLayer(
    {
      id: "zone-name",
      type: "symbol",
      source: "zone-names",
      minzoom: 13.5,
      layout: {
        "text-field": ["case", ["==", ["get", "starts"], ""], ["get", "name"], ["format", ["get", "name"], {}, "\n", {}, ["get", "starts"], { "font-scale": 0.88 }]],
        "text-font": fonts.medium,
        "text-size": byZoom(13.5, 10.5, 18, 13),
        "text-max-width": 8,
        "text-padding": 3,
        "symbol-sort-key": ["match", ["get", "sign"], "off", 2, 1],
      },
      paint: { "text-halo-width": 1.6 },
    },
    above(map),
  );
  const paint = (t: Theme) => {
    const p = palette(t);
    const color = ["match", ["get", "sign"], ...zoneKinds.flatMap((k) => [k, p[`zone-${k}`]]), "off", p["zone-off"], p["zone-other"]] as unknown as ExpressionSpecification;
    map.setPaintProperty("zone-fill", "fill-color", color);
    for (const id of ["zone-on", "zone-edge", "zone-strict", "zone-dash", "zone-off"]) map.setPaintProperty(id, "line-color", color);
    map.setPaintProperty("zone-name", "text-color", color);
    map.setPaintProperty("zone-name", "text-halo-color", p.halo);
  };
  paint(theme);
  const filters = layers.filter((l) => l !== "zone-on").map((l) => [l, map.getFilter(l) as FilterSpecification | undefined] as const);
  return {
    paint,
    show(zones: Zones | null, words: ZoneWords) {
      void map.getSource<GeoJSONSource>("zones")?.setData(zoneAreas(zones));
      void map.getSource<GeoJSONSource>("zone-names")?.setData(zoneNames(zones, words));
    },
    // hide leaves out the zone that is being drawn anew.
    hide(id: number | null) {
      for (const [layer, filter] of filters) map.setFilter(layer, id === null ? filter : (["all", filter ?? true, ["!=", ["get", "id"], id]] as unknown as FilterSpecification));
    },
    select: (ids: number[]) => void map.setFilter("zone-on", ["match", ["get", "id"], ids.length === 0 ? [-1] : ids, true, false] as unknown as FilterSpecification),
    visible: (on: boolean) => setVisible(map, layers, on),
    remove: () => drop(map, layers, ["zones", "zone-names"]),
  };
}
