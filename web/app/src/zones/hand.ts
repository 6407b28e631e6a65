// What the pointer does on the map: set points, take hold of corners.
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import type { LngLat } from "../api/types";
import { corners, type Corner, type Sketch } from "./sketch";

export interface HandHooks {
  sketch: () => Sketch | null; // whose corners may be taken; null: none
  drawing: () => boolean;
  put: (at: LngLat) => void; // a point while drawing
  finish: () => void;
  hold: (corner: Corner) => void; // a corner is taken
  move: (to: LngLat) => void;
  drop: () => void;
  remove: (corner: Corner) => void;
  choose: (at: LngLat) => void; // a press while not drawing
}

const reach = { mouse: 11, touch: 22 };

export function listenHand(map: MapLibre, hooks: HandHooks): () => void {
  const canvas = map.getCanvas();
  let held = false;
  let dragged = false;
  const place = (x: number, y: number): LngLat => {
    const { lng, lat } = map.unproject([x, y]);
    return [lng, lat];
  };
  const where = (e: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [e.clientX - box.left, e.clientY - box.top];
  };
  // A corner is taken before the middle beside it.
  const near = ([x, y]: [number, number], touch: boolean): Corner | null => {
    const sketch = hooks.sketch();
    if (sketch === null || hooks.drawing()) return null;
    let best: Corner | null = null;
    let far = touch ? reach.touch : reach.mouse;
    for (const c of corners(sketch)) {
      const p = map.project(c.at);
      const d = Math.hypot(p.x - x, p.y - y) + (c.middle ? 3 : 0);
      if (d < far) [best, far] = [c, d];
    }
    return best;
  };
  const down = (e: PointerEvent) => {
    if (e.button !== 0) return;
    dragged = false;
    const corner = near(where(e), e.pointerType === "touch");
    if (corner === null) return;
    if (e.altKey && !corner.middle) {
      dragged = true;
      hooks.remove(corner);
      return;
    }
    held = true;
    map.dragPan.disable();
    canvas.setPointerCapture(e.pointerId);
    hooks.hold(corner);
  };
  const move = (e: PointerEvent) => {
    if (held) {
      dragged = true;
      hooks.move(place(...where(e)));
    } else if (e.pointerType !== "touch") canvas.style.cursor = hooks.drawing() ? "crosshair" : near(where(e), false) === null ? "" : "move";
  };
  const up = (e: PointerEvent) => {
    if (!held) return;
    held = false;
    map.dragPan.enable();
    if (canvas.hasPointerCapture(e.pointerId)) canvas.releasePointerCapture(e.pointerId);
    hooks.drop();
  };
  const click = (e: MapMouseEvent) => {
    if (dragged) return;
    const at: LngLat = [e.lngLat.lng, e.lngLat.lat];
    if (hooks.drawing()) hooks.put(at);
    else hooks.choose(at);
  };
  const twice = (e: MapMouseEvent) => {
    if (!hooks.drawing()) return;
    e.preventDefault();
    hooks.finish();
  };
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  map.on("click", click);
  map.on("dblclick", twice);
  return () => {
    canvas.removeEventListener("pointerdown", down);
    canvas.removeEventListener("pointermove", move);
    canvas.removeEventListener("pointerup", up);
    canvas.removeEventListener("pointercancel", up);
    map.off("click", click);
    map.off("dblclick", twice);
  };
}
