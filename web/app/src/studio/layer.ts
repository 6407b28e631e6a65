// The draft on the map: unit grids in the colours of their parts under the city's
// streets, borders of parts over them. Painting changes feature states alone, so
// the next frame shows it.
import type { Feature, FeatureCollection, Point } from "geojson";
import type { ExpressionSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { Comparison } from "../api/drafts";
import type { LngLat } from "../api/types";
import { anchor } from "../map/anchor";
import { above, nothing, under } from "../map/overlay";
import { draw, put } from "../map/style/images";
import { byZoom } from "../map/style/ground";
import { fonts } from "../map/style/style";
import { palette, type Theme } from "../tokens/tokens";
import { hues } from "./colors";
import type { Studio } from "./state";
import { at } from "./topology";

const blank = hues; // the "hue" of what is nobody's

// How an arc is drawn.
const inside = 0;
const border = 1;
const chosenBorder = 2;

export interface NameWords {
  title: (part: number) => string;
  note: (part: number) => string;
}

export interface Marks {
  cursor: number | null;
  units: readonly number[];
  line: readonly LngLat[];
  vertices: readonly LngLat[];
  held: { from: LngLat; to: LngLat; ties: LngLat[] } | null; // a vertex on its way
  fault: LngLat | null;
}

export function addDraft(map: MapLibre, first: Theme, studio: Studio) {
  const street = map.getStyle().layers.find((l) => "source-layer" in l && l["source-layer"] === "street")?.id ?? under(map);
  const top = under(map);
  const join = { "line-join": "round", "line-cap": "round" } as const;
  for (const id of ["studio-units", "studio-arcs", "studio-names", "studio-marks", "studio-moves"]) map.addSource(id, { type: "geojson", data: nothing, tolerance: 0.2 });
  const state: ExpressionSpecification = ["coalesce", ["feature-state", "s"], ["get", "s"], 0];
  const hue: ExpressionSpecification = ["coalesce", ["feature-state", "c"], ["get", "c"], blank];
  map.addLayer({ id: "studio-fill", type: "fill", source: "studio-units", paint: { "fill-antialias": false } }, street);
  map.addLayer({ id: "studio-cells", type: "line", source: "studio-arcs", minzoom: 11.5, layout: join, paint: { "line-width": byZoom(12, 0.4, 17, 1.2), "line-opacity": byZoom(11.5, 0.1, 14, 0.45) } }, street);
  map.addLayer({ id: "studio-moves-fill", type: "fill", source: "studio-moves", paint: { "fill-pattern": "studio-hatch" } }, top);
  map.addLayer({ id: "studio-casing", type: "line", source: "studio-arcs", layout: join, paint: { "line-width": ["interpolate", ["linear"], ["zoom"], 10, ["match", state, border, 2.4, chosenBorder, 5, 0], 16, ["match", state, border, 5, chosenBorder, 9, 0]], "line-opacity": 0.85 } }, top);
  map.addLayer({ id: "studio-border", type: "line", source: "studio-arcs", layout: join, paint: { "line-width": ["interpolate", ["linear"], ["zoom"], 10, ["match", state, border, 1.1, chosenBorder, 2.6, 0], 16, ["match", state, border, 2.2, chosenBorder, 4.6, 0]] } }, top);
  map.addLayer({ id: "studio-moves-edge", type: "line", source: "studio-moves", layout: join, paint: { "line-width": byZoom(11, 1, 16, 2) } }, top);
  map.addLayer({ id: "studio-mark-fill", type: "fill", source: "studio-marks", filter: ["==", ["get", "is"], "unit"], paint: { "fill-opacity": 0.22 } }, top);
  map.addLayer({ id: "studio-mark-line", type: "line", source: "studio-marks", filter: ["match", ["get", "is"], ["unit", "cursor", "line", "tie"], true, false], layout: join, paint: { "line-width": ["match", ["get", "is"], "cursor", 3.5, "line", 3, 2] } }, top);
  map.addLayer({ id: "studio-mark-dot", type: "circle", source: "studio-marks", filter: ["match", ["get", "is"], ["point", "vertex", "held", "fault"], true, false], paint: { "circle-radius": ["match", ["get", "is"], "vertex", 4.5, "fault", 11, 6.5], "circle-opacity": ["match", ["get", "is"], "fault", 0, 1], "circle-stroke-width": ["match", ["get", "is"], "fault", 3, 1.8] } }, above(map));
  map.addLayer(
    {
      id: "studio-name",
      type: "symbol",
      source: "studio-names",
      layout: {
        "text-field": ["step", ["zoom"], ["get", "title"], 11.6, ["format", ["get", "title"], {}, "\n", {}, ["get", "note"], { "font-scale": 0.86 }]],
        "text-font": fonts.medium,
        "text-size": byZoom(10, 10.5, 16, 13),
        "text-max-width": 12,
        "text-line-height": 1.15,
        "icon-image": ["case", ["==", ["get", "on"], 1], "studio-pill-on", "studio-pill"],
        "icon-text-fit": "both",
        "icon-text-fit-padding": [2, 4, 2, 4],
        "text-padding": 3,
        "symbol-sort-key": ["-", 0, ["get", "on"]],
      },
    },
    above(map),
  );

  let theme = first;
  const shown = { hue: new Uint8Array(0), arc: new Uint8Array(0) };

  // What is drawn of each part: from the proposal that is looked at, else as painted.
  const parts = (): Int32Array => studio.get().preview?.part ?? studio.board.part;
  const hueOf = (part: number): number => (part === 0 ? blank : (studio.get().colors.get(part) ?? Math.abs(part) % hues));
  const arcState = (own: Int32Array, a: number, b: number): number => {
    const { part } = studio.get();
    const [pa, pb] = [at(own, a), b < 0 ? -1 : at(own, b)];
    if (pa === pb) return inside;
    return part !== null && (pa === part || pb === part) ? chosenBorder : border;
  };

  const paint = (next: Theme) => {
    theme = next;
    const p = palette(theme);
    const fills: ExpressionSpecification = ["match", hue, 0, p["part-0"], 1, p["part-1"], 2, p["part-2"], 3, p["part-3"], 4, p["part-4"], 5, p["part-5"], 6, p["part-6"], 7, p["part-7"], p["grid-pill"]];
    map.setPaintProperty("studio-fill", "fill-color", fills);
    map.setPaintProperty("studio-fill", "fill-opacity", ["case", ["==", hue, blank], 0.12, theme === "dark" ? 0.42 : 0.46]);
    map.setPaintProperty("studio-cells", "line-color", p["label-soft"]);
    map.setPaintProperty("studio-casing", "line-color", p.halo);
    map.setPaintProperty("studio-border", "line-color", ["match", state, chosenBorder, p.focus, p.grid]);
    map.setPaintProperty("studio-moves-edge", "line-color", p.label);
    for (const [layer, name] of [["studio-mark-fill", "fill-color"], ["studio-mark-line", "line-color"]] as const) map.setPaintProperty(layer, name, p.label);
    map.setPaintProperty("studio-mark-dot", "circle-color", ["match", ["get", "is"], "held", p.focus, "point", p.label, p.halo]);
    map.setPaintProperty("studio-mark-dot", "circle-stroke-color", ["match", ["get", "is"], "point", p.halo, "held", p.halo, "fault", p["zone-no-dog"], p.label]);
    map.setPaintProperty("studio-name", "text-color", ["case", ["==", ["get", "on"], 1], p["grid-pill"], p.label]);
    pills(map, p.halo, p["label-soft"], p.label);
    hatch(map, p.label);
  };
  paint(theme);

  const shape = () => {
    const { topology, units } = studio.board;
    map.removeFeatureState({ source: "studio-units" });
    map.removeFeatureState({ source: "studio-arcs" });
    const own = parts();
    shown.hue = Uint8Array.from(units, (_, i) => hueOf(at(own, i)));
    shown.arc = Uint8Array.from(topology.arcs, (a) => arcState(own, a.unit, a.other));
    void map.getSource<GeoJSONSource>("studio-units")?.setData({ type: "FeatureCollection", features: units.map((u, id): Feature => ({ type: "Feature", id, geometry: u.geometry, properties: { c: shown.hue[id] } })) });
    void map.getSource<GeoJSONSource>("studio-arcs")?.setData({ type: "FeatureCollection", features: topology.arcs.map((a, id): Feature => ({ type: "Feature", id, geometry: { type: "LineString", coordinates: a.line }, properties: { s: shown.arc[id] } })) });
  };

  const showUnit = (unit: number, own: Int32Array) => {
    const c = hueOf(at(own, unit));
    if (shown.hue[unit] !== c) {
      shown.hue[unit] = c;
      map.setFeatureState({ source: "studio-units", id: unit }, { c });
    }
  };
  const showArc = (id: number, own: Int32Array) => {
    const arc = studio.board.topology.arcs[id];
    if (arc === undefined) return;
    const s = arcState(own, arc.unit, arc.other);
    if (shown.arc[id] !== s) {
      shown.arc[id] = s;
      map.setFeatureState({ source: "studio-arcs", id }, { s });
    }
  };

  return {
    paint,
    shape,
    // units shows some unit grids as they are painted now, with their borders.
    units(positions: Iterable<number>) {
      const own = parts();
      for (const unit of positions) {
        showUnit(unit, own);
        for (const arc of studio.board.topology.byUnit[unit] ?? []) showArc(arc, own);
      }
    },
    // all shows everything; only what differs from before costs anything.
    all() {
      const own = parts();
      for (let i = 0; i < own.length; i++) showUnit(i, own);
      for (let i = 0; i < studio.board.topology.arcs.length; i++) showArc(i, own);
    },
    names(words: NameWords) {
      const own = parts();
      const { part: chosen } = studio.get();
      const features: Feature<Point>[] = [...studio.board.hearts(own)]
        .filter(([part]) => part !== 0)
        .map(([part, unit]) => {
          const u = studio.board.units[unit];
          return { type: "Feature", geometry: { type: "Point", coordinates: u === undefined ? [0, 0] : anchor(u.geometry) }, properties: { title: words.title(part), note: words.note(part), on: part === chosen ? 1 : 0 } };
        });
      void map.getSource<GeoJSONSource>("studio-names")?.setData({ type: "FeatureCollection", features });
    },
    marks(m: Marks) {
      void map.getSource<GeoJSONSource>("studio-marks")?.setData(marked(m, studio));
    },
    moves(comparison: Comparison | null, chosen: number | null) {
      const features = (comparison?.geometry.features ?? []).filter((f) => chosen === null || f.properties.move === chosen);
      void map.getSource<GeoJSONSource>("studio-moves")?.setData({ type: "FeatureCollection", features });
    },
  };
}

export type DraftLayer = ReturnType<typeof addDraft>;

function marked({ cursor, units, line, vertices, held, fault }: Marks, studio: Studio): FeatureCollection {
  const { board } = studio;
  const shape = (position: number | undefined, is: string): Feature[] => {
    const u = position === undefined ? undefined : board.units[position];
    return u === undefined ? [] : [{ type: "Feature", geometry: u.geometry, properties: { is } }];
  };
  const dot = (p: LngLat, is: string): Feature => ({ type: "Feature", geometry: { type: "Point", coordinates: p }, properties: { is } });
  const way = (coordinates: LngLat[], is: string): Feature => ({ type: "Feature", geometry: { type: "LineString", coordinates }, properties: { is } });
  return {
    type: "FeatureCollection",
    features: [
      ...units.flatMap((id) => shape(board.positionOf(id), "unit")),
      ...(cursor === null ? [] : shape(cursor, "cursor")),
      ...(line.length > 1 ? [way([...line], "line")] : []),
      ...line.map((p) => dot(p, "point")),
      ...vertices.map((p) => dot(p, "vertex")),
      ...(held === null ? [] : [...held.ties.map((tie) => way([tie, held.to], "tie")), dot(held.to, "held")]),
      ...(fault === null ? [] : [dot(fault, "fault")]),
    ],
  };
}

function pills(map: MapLibre, back: string, edge: string, full: string): void {
  const pill = (name: string, fill: string, stroke: string) =>
    put(
      map,
      name,
      draw(28, 20, (c) => {
        c.beginPath();
        c.roundRect(1, 1, 26, 18, 7);
        c.globalAlpha = 0.94;
        c.fillStyle = fill;
        c.fill();
        c.globalAlpha = 0.7;
        c.lineWidth = 1;
        c.strokeStyle = stroke;
        c.stroke();
      }),
      { stretchX: [[18, 38]], stretchY: [[16, 24]], content: [12, 6, 44, 34] },
    );
  pill("studio-pill", back, edge);
  pill("studio-pill-on", full, full);
}

function hatch(map: MapLibre, color: string): void {
  const size = 8;
  put(
    map,
    "studio-hatch",
    draw(size, size, (c) => {
      c.globalAlpha = 0.75;
      c.strokeStyle = color;
      c.lineWidth = 1.2;
      for (const shift of [-size, 0, size]) {
        c.beginPath();
        c.moveTo(shift - 1, -1);
        c.lineTo(shift + size + 1, size + 1);
        c.stroke();
      }
    }),
  );
}
