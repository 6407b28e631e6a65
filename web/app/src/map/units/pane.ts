// A pane of glass over the map, with a drawing of its own: what moves on it every
// frame doesn't have the city under it drawn again.
import type { Map as MapLibre } from "maplibre-gl";

export interface Pane {
  fit(): void; // to the size of the map; before each draw
  wipe(): void;
  remove(): void;
}

// addPane lays it over the map and under labels and marks. make is called with the
// card's context now, and again whenever the card has lost it and is back; lost when there
// is none, at first or later.
export function addPane(map: MapLibre, make: (gl: WebGL2RenderingContext) => void, lost: () => void): Pane {
  const base = map.getCanvas();
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  canvas.dataset.pane = "units";
  Object.assign(canvas.style, { position: "absolute", inset: "0", width: "100%", height: "100%", pointerEvents: "none" });
  const fit = () => {
    if (canvas.width !== base.width) canvas.width = base.width;
    if (canvas.height !== base.height) canvas.height = base.height;
  };
  fit();
  base.after(canvas);
  const gl = canvas.getContext("webgl2", { alpha: true, premultipliedAlpha: true, antialias: false, depth: false, stencil: false });
  const onLost = (e: Event) => {
    e.preventDefault(); // otherwise it never comes back
    lost();
  };
  const onBack = () => {
    if (gl !== null) make(gl);
  };
  canvas.addEventListener("webglcontextlost", onLost);
  canvas.addEventListener("webglcontextrestored", onBack);
  if (gl === null) lost(); // a browser gives out only so many
  else make(gl);
  return {
    fit,
    wipe: () => gl?.clear(gl.COLOR_BUFFER_BIT),
    remove() {
      canvas.removeEventListener("webglcontextlost", onLost);
      canvas.removeEventListener("webglcontextrestored", onBack);
      gl?.getExtension("WEBGL_lose_context")?.loseContext();
      canvas.remove();
    },
  };
}
