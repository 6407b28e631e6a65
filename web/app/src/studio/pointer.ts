// What the pointer does on the studio's map: choose, paint, draw a line, move a
// corner. The right and the middle button and the wheel move the map with every
// tool.
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import type { LngLat } from "../api/types";
import { brushes, type Studio } from "./state";
import { nearestVertex, ties } from "./vertices";

export interface Held {
  from: LngLat;
  to: LngLat;
  ties: LngLat[];
}

interface Hooks {
  ring: (x: number, y: number, radius: number, shown: boolean) => void;
  held: (held: Held | null) => void;
  hover: (unit: number) => void; // -1: none
  finishLine: () => void;
  stroked: (units: number) => void;
}

const reachPx = 14; // how near one must point to take a corner

export function listen(map: MapLibre, studio: Studio, hooks: Hooks): () => void {
  const canvas = map.getCanvas();
  let painting = false;
  let last: [number, number] | null = null;
  let held: Held | null = null;
  let pulled: [number, number] | null = null; // where the map was last pulled to

  const place = (x: number, y: number): LngLat => {
    const { lng, lat } = map.unproject([x, y]);
    return [lng, lat];
  };
  const metresPerPixel = (): number => (78_271.517 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / 2 ** map.getZoom();
  const radius = (): number => brushes[studio.get().brush] ?? 0;
  const under = (x: number, y: number): number[] => {
    const r = radius();
    if (r === 0) {
      const unit = studio.finder.at(place(x, y));
      return unit < 0 ? [] : [unit];
    }
    return studio.finder.near(place(x, y), r * metresPerPixel());
  };
  // The pointer skips over what lies between two events; the brush doesn't.
  const sweep = (x: number, y: number) => {
    const [fx, fy] = last ?? [x, y];
    const step = Math.max(4, radius() * 0.7);
    const n = Math.max(1, Math.ceil(Math.hypot(x - fx, y - fy) / step));
    const positions = new Set<number>();
    for (let i = last === null ? n : 1; i <= n; i++) for (const unit of under(fx + ((x - fx) * i) / n, fy + ((y - fy) * i) / n)) positions.add(unit);
    last = [x, y];
    studio.strokeOver(positions);
  };
  const where = (e: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [e.clientX - box.left, e.clientY - box.top];
  };
  const showRing = (x: number, y: number) => hooks.ring(x, y, Math.max(5, radius()), studio.get().tool === "paint" && studio.locked === null);

  const down = (e: PointerEvent) => {
    if (e.button === 1 || e.button === 2) {
      pulled = where(e);
      canvas.setPointerCapture(e.pointerId);
      e.preventDefault();
      return;
    }
    if (e.button !== 0 || e.pointerType === "touch") return;
    const { tool } = studio.get();
    const [x, y] = where(e);
    if (tool === "paint" && studio.locked === null) {
      if (e.altKey) {
        choosePart(studio, studio.finder.at(place(x, y)));
        return;
      }
      painting = true;
      last = null;
      canvas.setPointerCapture(e.pointerId);
      studio.beginStroke();
      sweep(x, y);
    } else if (tool === "border" && studio.locked === null) {
      const from = nearestVertex(studio.board, place(x, y), reachPx * metresPerPixel());
      if (from === null) return;
      held = { from, to: from, ties: ties(studio.board, from) };
      canvas.setPointerCapture(e.pointerId);
      hooks.held(held);
    }
  };
  const move = (e: PointerEvent) => {
    const [x, y] = where(e);
    showRing(x, y);
    if (pulled !== null) {
      map.panBy([pulled[0] - x, pulled[1] - y], { animate: false });
      pulled = [x, y];
    } else if (painting) sweep(x, y);
    else if (held !== null) {
      held = { ...held, to: place(x, y) };
      hooks.held(held);
    } else hooks.hover(studio.finder.at(place(x, y)));
  };
  const up = (e: PointerEvent) => {
    pulled = null;
    if (painting) {
      painting = false;
      hooks.stroked(studio.endStroke());
    }
    if (held !== null) {
      const { from, to } = held;
      held = null;
      hooks.held(null);
      if (from[0] !== to[0] || from[1] !== to[1]) studio.edit({ op: "move_vertex", from, to, snap: studio.get().snap });
    }
    if (canvas.hasPointerCapture(e.pointerId)) canvas.releasePointerCapture(e.pointerId);
  };
  const noMenu = (e: MouseEvent) => e.preventDefault();
  const leave = () => {
    hooks.ring(0, 0, 0, false);
    hooks.hover(-1);
  };
  const click = (e: MapMouseEvent) => {
    const { tool, line } = studio.get();
    const p: LngLat = [e.lngLat.lng, e.lngLat.lat];
    if (tool === "split" && studio.locked === null) {
      const end = line.at(-1);
      if (end === undefined || end[0] !== p[0] || end[1] !== p[1]) studio.set({ line: [...line, p] });
      return;
    }
    if (tool === "paint") return;
    const unit = studio.finder.at(p);
    if (e.originalEvent.shiftKey && unit >= 0) toggleUnit(studio, unit);
    else choosePart(studio, unit);
  };
  const twice = (e: MapMouseEvent) => {
    if (studio.get().tool !== "split") return;
    e.preventDefault();
    hooks.finishLine();
  };
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("contextmenu", noMenu);
  map.on("click", click);
  map.on("dblclick", twice);
  return () => {
    canvas.removeEventListener("pointerdown", down);
    canvas.removeEventListener("pointermove", move);
    canvas.removeEventListener("pointerup", up);
    canvas.removeEventListener("pointercancel", up);
    canvas.removeEventListener("pointerleave", leave);
    canvas.removeEventListener("contextmenu", noMenu);
    map.off("click", click);
    map.off("dblclick", twice);
  };
}

export function choosePart(studio: Studio, unit: number): void {
  const part = unit < 0 ? 0 : (studio.board.part[unit] ?? 0);
  if (part === 0) studio.set({ part: null, units: [], cursor: unit < 0 ? null : unit, side: studio.get().side === "part" ? "none" : studio.get().side });
  else studio.set({ part, units: [], cursor: unit, side: studio.get().tool === "select" && studio.get().side === "none" ? "part" : studio.get().side });
}

export function toggleUnit(studio: Studio, unit: number): void {
  const id = studio.board.idAt(unit);
  const { units } = studio.get();
  studio.set({ cursor: unit, units: units.includes(id) ? units.filter((u) => u !== id) : [...units, id] });
}
