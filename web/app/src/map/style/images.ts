// The map's few pictures, drawn by us on a canvas: the program needs no sprite.
import type { Map as MapLibre } from "maplibre-gl";
import { colors, palette, type Theme } from "../../tokens/tokens";
import { poiKinds, type PoiKind } from "./pois";

const scale = 2; // drawn for dense screens

// Strokes on a 16 x 16 field.
const glyphs: Record<PoiKind, string> = {
  food: "M5 3v4a1.500 1.500 0 0 0 3 0V3M6.500 3v10M11 13V3c-1.600.8-2 2.500-2 4.500h2",
  shop: "M4 6h8l.6 7H3.400L4 6M6 8V5a2 2 0 0 1 4 0v3",
  care: "M8 4v8M4 8h8",
  learn: "M2.500 6.500 8 4l5.500 2.500L8 9 2.500 6.500M5 8v3c1.800 1.300 4.200 1.300 6 0V8",
  civic: "M3 13h10M4.500 12V8M8 12V8M11.500 12V8M3 7l5-3.500L13 7z",
  move: "M4 4.500h8v6H4zM4 8h8M5.500 10.500V12M10.500 10.500V12",
  green: "M8 13.500V9M8 2.500 4.500 7h1.700L4 10h8L9.800 7h1.700z",
  stay: "M8 3l1.500 3.200 3.500.4-2.600 2.400.7 3.500L8 10.800 4.900 12.500l.7-3.500L3 6.600l3.500-.4z",
};

export function draw(width: number, height: number, paint: (c: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = height * scale;
  const c = canvas.getContext("2d", { willReadFrequently: true }); // on the CPU: reading pixels back from the GPU takes a tenth of a second
  if (c === null) return new ImageData(canvas.width, canvas.height);
  c.scale(scale, scale);
  c.lineCap = "round";
  c.lineJoin = "round";
  paint(c);
  return c.getImageData(0, 0, canvas.width, canvas.height);
}

export function put(map: MapLibre, name: string, image: ImageData, more: Parameters<MapLibre["addImage"]>[2] = {}): void {
  if (map.hasImage(name)) map.removeImage(name);
  map.addImage(name, image, { pixelRatio: scale, ...more });
}

// drawImages puts the theme's pictures into the map; again on a theme change.
export function drawImages(map: MapLibre, theme: Theme): void {
  const p = palette(theme);
  put(
    map,
    "arrow",
    draw(20, 20, (c) => {
      c.lineWidth = 1.8;
      c.strokeStyle = p.arrow;
      c.stroke(new Path2D("M3 10h13M12 6l4.500 4-4.500 4"));
    }),
  );
  put(
    map,
    "route-arrow",
    draw(18, 18, (c) => {
      const chevron = new Path2D("M6.500 4.500 12 9l-5.500 4.500");
      c.lineWidth = 5;
      c.strokeStyle = p.route;
      c.stroke(chevron);
      c.lineWidth = 2.2;
      c.strokeStyle = p["route-arrow"];
      c.stroke(chevron);
    }),
  );
  // A spot that patrols call at is a tag with a tip, so that it is told from a street's
  // round number without its colour.
  const c = (name: keyof typeof colors) => colors[name][theme];
  for (const [name, fill, edge] of [
    ["spot", c("panel"), c("likely")],
    ["spot-on", p.route, c("panel")],
    ["spot-seen", c("brand"), c("panel")],
    ["spot-missed", c("panel"), c("confirmed")],
  ] as const)
    put(
      map,
      name,
      draw(28, 32, (d) => {
        const tag = new Path2D("M6 3h16a3 3 0 0 1 3 3v14.500a3 3 0 0 1-1.200 2.400L14 30l-9.800-7.100A3 3 0 0 1 3 20.500V6a3 3 0 0 1 3-3z");
        d.fillStyle = fill;
        d.fill(tag);
        d.lineWidth = 2.5;
        d.strokeStyle = edge;
        d.stroke(tag);
      }),
    );
  put(
    map,
    "shield",
    draw(24, 16, (c) => {
      c.beginPath();
      c.roundRect(1, 1, 22, 14, 4);
      c.fillStyle = p.halo;
      c.fill();
      c.lineWidth = 1;
      c.strokeStyle = p["main-edge"];
      c.stroke();
    }),
    { stretchX: [[12, 36]], stretchY: [[10, 22]], content: [8, 4, 40, 28] },
  );
  for (const kind of poiKinds)
    put(
      map,
      `poi-${kind}`,
      draw(18, 18, (c) => {
        c.beginPath();
        c.arc(9, 9, 8.2, 0, 2 * Math.PI);
        c.fillStyle = p[`poi-${kind}`];
        c.fill();
        c.lineWidth = 1;
        c.strokeStyle = p.halo;
        c.stroke();
        c.translate(2.2, 2.2);
        c.scale(0.85, 0.85);
        c.lineWidth = 1.5;
        c.strokeStyle = p.halo;
        c.stroke(new Path2D(glyphs[kind]));
      }),
    );
}
