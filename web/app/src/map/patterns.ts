// The pictures of our own layers: hatches of zones, the pill behind a grid's
// name, the marks of stations. Drawn on a canvas like those of the base map.
import type { Map as MapLibre } from "maplibre-gl";
import { palette, type Theme } from "../tokens/tokens";
import { draw, put } from "./style/images";

export function drawPatterns(map: MapLibre, theme: Theme): void {
  const p = palette(theme);
  put(map, "zone-hatch", hatch(p["zone-no-dog"]));
  put(map, "zone-bars", strokes(p["zone-parking-frame"], "M2.5 0V10M7.5 0V10"));
  put(map, "zone-dots", strokes(p["zone-market"], "M2.5 2.5h.01M7.5 7.5h.01", 2.2));
  put(map, "zone-cross", strokes(p["zone-drop-off"], "M2.5 5h5M5 2.5v5"));
  put(map, "zone-waves", strokes(p["zone-water"], "M0 5Q2.500 2.500 5 5T10 5"));
  put(
    map,
    "grid-pill",
    draw(28, 20, (c) => {
      c.beginPath();
      c.roundRect(1, 1, 26, 18, 9);
      c.fillStyle = p["grid-pill"];
      c.fill();
      c.lineWidth = 1.2;
      c.strokeStyle = p.grid;
      c.stroke();
    }),
    // Only the middle stretches, so that the ends stay round.
    { stretchX: [[20, 36]], stretchY: [[19, 21]], content: [16, 6, 40, 34] },
  );
  put(
    map,
    "grid-pill-on",
    draw(28, 20, (c) => {
      c.beginPath();
      c.roundRect(1, 1, 26, 18, 9);
      c.fillStyle = p.grid;
      c.fill();
    }),
    { stretchX: [[20, 36]], stretchY: [[19, 21]], content: [16, 6, 40, 34] },
  );
  put(map, "closure-closed", noEntry(p.closure, p["closure-stripe"]));
  put(map, "closure-slow", noEntry(p["closure-slow"], p["closure-stripe"], true));
  put(map, "closure-later", noEntry(p["closure-off"], p["closure-stripe"]));
  put(map, "closure-proposed", noEntry(p["closure-off"], p["closure-stripe"], true));
  put(map, "station", mark(p.station, p.halo, "M4.500 13V7.500L9 4l4.500 3.500V13zM7.700 13v-3h2.600v3"));
  put(map, "pound", mark(p.pound, p.halo, "M7 13.500v-9h2.600a2.600 2.600 0 0 1 0 5.200H7"));
}

// hatch repeats without a seam: its lines leave the tile where they came in.
function hatch(color: string): ImageData {
  const size = 10;
  return draw(size, size, (c) => {
    c.globalAlpha = 0.08;
    c.fillStyle = color;
    c.fillRect(0, 0, size, size);
    c.globalAlpha = 0.62;
    c.strokeStyle = color;
    c.lineWidth = 1.3;
    for (const shift of [-size, 0, size]) {
      c.beginPath();
      c.moveTo(shift - 1, size + 1);
      c.lineTo(shift + size + 1, -1);
      c.stroke();
    }
  });
}

// strokes repeat too: what leaves the tile on one side comes in on the other.
function strokes(color: string, path: string, width = 1.3): ImageData {
  const size = 10;
  return draw(size, size, (c) => {
    c.globalAlpha = 0.08;
    c.fillStyle = color;
    c.fillRect(0, 0, size, size);
    c.globalAlpha = 0.62;
    c.strokeStyle = color;
    c.lineWidth = width;
    c.lineCap = width > 2 ? "round" : "butt";
    c.stroke(new Path2D(path));
  });
}

// noEntry is the bar of a closed street; of one that is only slower, a broken bar.
function noEntry(fill: string, bar: string, broken = false): ImageData {
  return draw(20, 20, (c) => {
    c.beginPath();
    c.arc(10, 10, 8.5, 0, 2 * Math.PI);
    c.fillStyle = fill;
    c.fill();
    c.lineWidth = 1.5;
    c.strokeStyle = bar;
    c.stroke();
    c.lineCap = "butt";
    c.lineWidth = 3.4;
    if (broken) c.setLineDash([2.6, 1.6]);
    c.beginPath();
    c.moveTo(4.800, 10);
    c.lineTo(15.400, 10);
    c.stroke();
  });
}

function mark(fill: string, halo: string, glyph: string): ImageData {
  return draw(18, 18, (c) => {
    c.beginPath();
    c.roundRect(1, 1, 16, 16, 5);
    c.fillStyle = fill;
    c.fill();
    c.lineWidth = 1.4;
    c.strokeStyle = halo;
    c.stroke();
    c.lineWidth = 1.5;
    c.stroke(new Path2D(glyph));
  });
}
