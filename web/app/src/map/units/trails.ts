// Trails as they are drawn: a line behind a unit that fades with its age.
import type { Feature, FeatureCollection } from "geojson";
import type { Map as MapLibre } from "maplibre-gl";
import type { Mark } from "../../live/trails";
import { palette, type Theme } from "../../tokens/tokens";
import { filler } from "../overlay";
import { beneath } from "../style/style";

const ages = [120_000, 300_000, Infinity]; // ms; what is older is fainter

export interface Trail {
  marks: readonly Mark[];
  dog: boolean;
  loud: boolean; // of who is looked at
}

// trailFeatures cuts trails where they change their age, each piece joined to the next.
export function trailFeatures(trails: readonly Trail[], now: number): FeatureCollection {
  const features = trails.flatMap(({ marks, dog, loud }): Feature[] => {
    const pieces: Mark[][] = ages.map(() => []);
    marks.forEach((m, i) => {
      const age = ages.findIndex((limit) => now - m.ms < limit);
      const before = marks[i - 1];
      const piece = pieces[age];
      if (piece === undefined) return;
      if (piece.length === 0 && before !== undefined) piece.push(before);
      piece.push(m);
    });
    return pieces.flatMap((piece, age): Feature[] =>
      piece.length < 2 ? [] : [{ type: "Feature", properties: { age, dog, loud }, geometry: { type: "LineString", coordinates: piece.map((m) => m.at) } }],
    );
  });
  return { type: "FeatureCollection", features };
}

export function addTrails(map: MapLibre, theme: Theme) {
  const id = "trails";
  map.addSource(id, { type: "geojson", data: trailFeatures([], 0) });
  const fill = filler(map, id);
  const round = { "line-cap": "butt", "line-join": "round" } as const;
  const faded = (most: number) => ["match", ["get", "age"], 0, most, 1, most * 0.6, most * 0.32] as ["match", ["get", string], number, number, number, number, number];
  map.addLayer({ id: "trails-casing", type: "line", source: id, filter: ["get", "loud"], layout: round, paint: { "line-width": 6.5, "line-opacity": faded(0.85) } }, beneath);
  map.addLayer({ id: "trails-line", type: "line", source: id, layout: round, paint: { "line-width": ["case", ["get", "loud"], 3.6, 2.2], "line-opacity": faded(0.95) } }, beneath);
  const paint = (t: Theme) => {
    const p = palette(t);
    map.setPaintProperty("trails-casing", "line-color", p["unit-rim"]);
    map.setPaintProperty("trails-line", "line-color", ["case", ["get", "dog"], p["unit-dog"], p["unit-on"]]);
  };
  paint(theme);
  let empty = true;
  return {
    paint,
    show(trails: readonly Trail[], now: number) {
      if (empty && trails.length === 0) return;
      empty = trails.length === 0;
      fill(trailFeatures(trails, now));
    },
  };
}
