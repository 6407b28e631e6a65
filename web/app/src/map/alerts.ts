// Where alerts are: the sign of its grade at the place of each that isn't
// closed, unless its subject itself is on the map and wears the ring. What is
// over and waits for nobody is a matter for the queue alone, but when it is open.
import type { FeatureCollection } from "geojson";
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import { isIdle } from "../desk/queue";
import type { Alert, Grade } from "../live/wire";
import { colors, palette, type Theme } from "../tokens/tokens";
import { filler } from "./overlay";

export function alertFeatures(alerts: readonly Alert[], onMap: (a: Alert) => boolean, chosen: number | null): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: alerts
      .filter((a) => a.state !== "closed" && !onMap(a) && (a.id === chosen || !isIdle(a)))
      .map((a) => ({ type: "Feature", id: a.id, properties: { id: a.id, grade: a.grade, chosen: a.id === chosen }, geometry: { type: "Point", coordinates: a.at } })),
  };
}

const grades: readonly Grade[] = ["possible", "likely", "confirmed"];

export function addAlerts(map: MapLibre, theme: Theme, choose: (id: number) => void) {
  const id = "alerts";
  let look = theme;
  map.addSource(id, { type: "geojson", data: alertFeatures([], () => false, null) });
  const fill = filler(map, id);
  map.addLayer({ id: "alert-chosen", type: "circle", source: id, filter: ["get", "chosen"], paint: { "circle-radius": 26, "circle-opacity": 0.14, "circle-stroke-width": 2.5 } });
  map.addLayer({
    id: "alert-sign",
    type: "symbol",
    source: id,
    layout: { "icon-image": ["concat", "alert-", ["get", "grade"]], "icon-allow-overlap": true, "icon-size": ["interpolate", ["linear"], ["zoom"], 10, 0.7, 15, 1], "symbol-sort-key": ["match", ["get", "grade"], "confirmed", 2, "likely", 1, 0] },
  });
  const draw = () => {
    for (const g of grades) {
      const name = `alert-${g}`;
      if (map.hasImage(name)) map.removeImage(name);
      map.addImage(name, sign(g, look), { pixelRatio: 2 });
    }
    for (const what of ["circle-color", "circle-stroke-color"] as const)
      map.setPaintProperty("alert-chosen", what, ["match", ["get", "grade"], "confirmed", colors.confirmed[look], "likely", colors.likely[look], colors.possible[look]]);
  };
  draw();
  const click = (e: MapMouseEvent) => {
    const hit = map.queryRenderedFeatures(e.point, { layers: ["alert-sign"] })[0]?.properties.id as unknown;
    if (typeof hit !== "number") return false;
    choose(hit);
    return true;
  };
  return {
    click,
    paint(t: Theme) {
      look = t;
      draw();
    },
    show: (alerts: readonly Alert[], onMap: (a: Alert) => boolean, chosen: number | null) => fill(alertFeatures(alerts, onMap, chosen)),
  };
}

// sign is the diamond of a grade: outlined, half filled, filled with a ring.
function sign(grade: Grade, theme: Theme): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 56;
  const c = canvas.getContext("2d", { willReadFrequently: true }); // on the CPU: reading pixels back from the GPU takes a tenth of a second
  if (c === null) return new ImageData(56, 56);
  c.scale(2, 2);
  c.translate(14, 14);
  const color = colors[grade][theme];
  const rim = palette(theme)["unit-rim"];
  const diamond = (r: number) => {
    c.beginPath();
    c.moveTo(0, -r);
    c.lineTo(r, 0);
    c.lineTo(0, r);
    c.lineTo(-r, 0);
    c.closePath();
  };
  c.lineJoin = "round";
  if (grade === "confirmed") {
    c.beginPath();
    c.arc(0, 0, 12, 0, 2 * Math.PI);
    c.fillStyle = rim;
    c.fill();
    c.lineWidth = 2.5;
    c.strokeStyle = color;
    c.stroke();
  }
  diamond(8.5);
  c.lineWidth = 5;
  c.strokeStyle = rim;
  c.stroke();
  c.fillStyle = grade === "confirmed" ? color : rim;
  c.fill();
  c.lineWidth = 2.2;
  c.strokeStyle = color;
  c.stroke();
  if (grade === "likely") {
    c.save();
    c.beginPath();
    c.rect(-14, 0, 28, 14);
    c.clip();
    diamond(8.5);
    c.fillStyle = color;
    c.fill();
    c.restore();
  }
  return c.getImageData(0, 0, 56, 56);
}
