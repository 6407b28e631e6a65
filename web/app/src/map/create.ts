import * as maplibre from "maplibre-gl";
import type { Map as MapLibre } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { MapInfo } from "../api/types";
import { cityStyle, fonts, type Look } from "./style/style";
import { drawImages } from "./style/images";
import { restyle } from "./style/restyle";
import type { View } from "./url";

// Labels are drawn once with the fonts that are there, so they are fetched first.
// Two seconds are the most we let a slow line hold up the map.
export async function loadFonts(): Promise<void> {
  const wanted = Object.values(fonts).map(([family]) => document.fonts.load(`24px "${family ?? ""}"`, "Aa"));
  const chinese = document.fonts.load('24px "Noto Sans SC"', "城市");
  const patience = new Promise((resolve) => setTimeout(resolve, 2000));
  await Promise.race([Promise.allSettled([...wanted, chinese]), patience]);
}

export interface CityMap {
  map: MapLibre;
  look(next: Look): void;
  remove(): void;
}

// createMap makes the base map in an element. It knows nothing of panels.
export function createMap(element: HTMLElement, info: MapInfo, view: View | null, first: Look, words: Record<string, string>): CityMap {
  maplibre.setWorkerUrl(workerUrl);
  const tiles = `${location.origin}/tiles/${info.id}/{z}/{x}/{y}`;
  let style = cityStyle(first, tiles);
  let theme = first.theme;
  const [w, s, e, n] = info.bounds;
  const pad = Math.max(e - w, n - s) * 0.75 + 0.05;
  const map = new maplibre.Map({
    container: element,
    style,
    ...(view === null
      ? { bounds: info.bounds, fitBoundsOptions: { padding: 24, maxZoom: 14 } }
      : { center: view.center, zoom: view.zoom }),
    minZoom: 5,
    maxZoom: 20,
    // A way out of the imported area would show an empty sheet.
    maxBounds: [
      [Math.max(-180, w - pad), Math.max(-85, s - pad)],
      [Math.min(180, e + pad), Math.min(85, n + pad)],
    ],
    attributionControl: false,
    dragRotate: true,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 160,
    locale: words,
    cancelPendingTileRequestsWhileZooming: true,
  });
  map.touchZoomRotate.enable();
  // A screen full of city is more of a welcome than the whole area with empty
  // sheet around it. A long area is not cut down to less than half of its length.
  if (view === null) map.setZoom(map.getZoom() + Math.min(1, covering(map, info.bounds)));
  // A tile that comes after the session has ended is no fault of the map: the page
  // asks to sign in by itself. Whatever else goes wrong is to be seen.
  map.on("error", ({ error }) => {
    if ((error as { status?: number }).status !== 401) reportError(error);
  });
  map.on("styleimagemissing", () => drawImages(map, theme));
  drawImages(map, theme);
  return {
    map,
    look(next) {
      const after = cityStyle(next, tiles);
      if (next.theme !== theme) {
        theme = next.theme;
        drawImages(map, theme);
      }
      restyle(map, style, after);
      style = after;
    },
    remove: () => map.remove(),
  };
}

// covering is by how much to zoom in on bounds that fit, so that they cover the
// screen.
function covering(map: MapLibre, [w, s, e, n]: MapInfo["bounds"]): number {
  const a = map.project([w, n]);
  const b = map.project([e, s]);
  const { clientWidth: width, clientHeight: height } = map.getContainer();
  return Math.max(0, Math.log2(Math.max(width / (b.x - a.x), height / (b.y - a.y))));
}
