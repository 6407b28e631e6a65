// The studio by keyboard. With the tools that point at ground the arrow keys go
// from unit grid to unit grid; with those that point at places they move the map
// under the cross in its middle.
import type { Map as MapLibre } from "maplibre-gl";
import { useEffect } from "react";
import type { LngLat } from "../api/types";
import { typing, useKeys } from "../shell/keys";
import type { Held } from "./pointer";
import { toggleUnit } from "./pointer";
import { brushes, type Side, type Studio, type Tool } from "./state";
import { nearestVertex, ties } from "./vertices";

export interface Hand {
  map: () => MapLibre | null;
  cross: (on: boolean) => void;
  say: (text: string) => void;
  words: {
    unit: (unit: number) => string;
    part: (part: number) => string;
    painted: (n: number) => string;
    brush: (n: number) => string;
    tool: (tool: Tool) => string;
    point: (n: number) => string;
    held: string;
    noCorner: string;
  };
  held: () => Held | null;
  hold: (held: Held | null) => void;
  finish: () => void; // the line of a split
}

const stepPx = 40;
const reachPx = 60;

export function useEditorKeys(studio: Studio, hand: Hand): void {
  const tool = (next: Tool) => () => {
    studio.set({ tool: next, line: [] });
    hand.hold(null);
    hand.cross(next === "split" || next === "border");
    hand.say(hand.words.tool(next));
  };
  const side = (next: Side) => () => studio.set({ side: studio.get().side === next ? "none" : next, preview: null });
  const brush = (by: number) => () => {
    const n = Math.min(brushes.length - 1, Math.max(0, studio.get().brush + by));
    studio.set({ brush: n });
    hand.say(hand.words.brush(n));
  };
  const other = (by: number) => () => {
    const ids = [...studio.get().parts.keys()];
    const now = ids.indexOf(studio.get().part ?? -1);
    const next = ids[now < 0 ? (by > 0 ? 0 : ids.length - 1) : (now + by + ids.length) % ids.length];
    if (next === undefined) return;
    studio.set({ part: next });
    hand.say(hand.words.part(next));
  };
  const arrow = (x: number, y: number) => (e: KeyboardEvent) => {
    const map = hand.map();
    if (map === null) return;
    const now = studio.get();
    if (e.shiftKey || now.tool === "split" || now.tool === "border" || studio.readOnly) {
      map.panBy([x * stepPx, y * stepPx], { animate: false });
      const held = hand.held();
      if (held !== null) hand.hold({ ...held, to: middle(map) });
      hand.cross(now.tool === "split" || now.tool === "border");
      return;
    }
    const unit = now.cursor === null ? studio.finder.at(middle(map)) : beside(studio, now.cursor, x, -y);
    if (unit < 0) return;
    studio.set({ cursor: unit });
    hand.say(hand.words.unit(unit));
    const at = studio.board.topology.middle[unit];
    if (at !== undefined) keepInSight(map, at);
  };
  useKeys({
    ArrowLeft: arrow(-1, 0),
    ArrowRight: arrow(1, 0),
    ArrowUp: arrow(0, -1),
    ArrowDown: arrow(0, 1),
    "+": () => hand.map()?.zoomIn(),
    "=": () => hand.map()?.zoomIn(),
    "-": () => hand.map()?.zoomOut(),
    J: other(1),
    K: other(-1),
    V: tool("select"),
    B: tool("paint"),
    S: tool("split"),
    E: tool("border"),
    "[": brush(-1),
    "]": brush(1),
    P: side("propose"),
    C: side("compare"),
    F: side("faults"),
    G: side("review"),
    I: () => {
      if (studio.get().part !== null) side("part")();
    },
    X: () => {
      const { cursor } = studio.get();
      if (cursor !== null) toggleUnit(studio, cursor);
    },
    M: () => {
      const { units } = studio.get();
      if (units.length > 1) studio.edit({ op: "merge_units", units: [...units] });
    },
    " ": () => press(studio, hand),
    Enter: () => {
      if (studio.get().tool === "split") hand.finish();
      else press(studio, hand);
    },
    Backspace: () => studio.set({ line: studio.get().line.slice(0, -1) }),
    Escape: () => {
      const s = studio.get();
      if (hand.held() !== null) hand.hold(null);
      else if (s.line.length > 0) studio.set({ line: [] });
      else if (s.preview !== null) studio.set({ preview: null });
      else if (s.units.length > 0) studio.set({ units: [] });
      else if (s.side !== "none") studio.set({ side: "none", move: null, fault: null });
      else if (s.tool !== "select") tool("select")();
      else studio.set({ part: null, cursor: null });
    },
  });
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (!(e.ctrlKey || e.metaKey) || e.altKey || typing(e.target)) return;
      const key = e.key.toUpperCase();
      if (key !== "Z" && key !== "Y") return;
      e.preventDefault();
      if (key === "Y" || e.shiftKey) studio.redo();
      else studio.undo();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [studio]);
}

function middle(map: MapLibre): LngLat {
  const { lng, lat } = map.getCenter();
  return [lng, lat];
}

// press is what Space does with each tool.
function press(studio: Studio, hand: Hand): void {
  const map = hand.map();
  const { tool, cursor, line } = studio.get();
  if (map === null) return;
  if (tool === "select" && cursor !== null) {
    const part = studio.board.part[cursor] ?? 0;
    if (part !== 0) studio.set({ part, side: "part" });
  } else if (tool === "paint" && cursor !== null) {
    studio.beginStroke();
    studio.strokeOver([cursor]);
    hand.say(hand.words.painted(studio.endStroke()));
  } else if (tool === "split") {
    studio.set({ line: [...line, middle(map)] });
    hand.say(hand.words.point(line.length + 1));
  } else if (tool === "border") {
    const held = hand.held();
    if (held !== null) {
      hand.hold(null);
      if (studio.locked === null) studio.edit({ op: "move_vertex", from: held.from, to: middle(map), snap: studio.get().snap });
      return;
    }
    const at = map.unproject([map.getContainer().clientWidth / 2 + reachPx, map.getContainer().clientHeight / 2]);
    const reachM = Math.abs(at.lng - map.getCenter().lng) * studio.board.topology.scale[0];
    const from = nearestVertex(studio.board, middle(map), reachM);
    if (from === null) {
      hand.say(hand.words.noCorner);
      return;
    }
    map.setCenter(from);
    hand.hold({ from, to: from, ties: ties(studio.board, from) });
    hand.say(hand.words.held);
  }
}

// beside is the neighbour that lies most in a direction.
export function beside(studio: Pick<Studio, "board">, unit: number, x: number, y: number): number {
  const { middle, scale } = studio.board.topology;
  const [ux, uy] = middle[unit] ?? [0, 0];
  let best = -1;
  let most = 0.35; // about 70 degrees off at most
  for (const n of studio.board.neighbours(unit)) {
    const [nx, ny] = middle[n] ?? [0, 0];
    const [dx, dy] = [(nx - ux) * scale[0], (ny - uy) * scale[1]];
    const along = (dx * x + dy * y) / (Math.hypot(dx, dy) || 1);
    if (along > most) [best, most] = [n, along];
  }
  return best;
}

function keepInSight(map: MapLibre, at: LngLat): void {
  const { x, y } = map.project(at);
  const { clientWidth: w, clientHeight: h } = map.getContainer();
  if (x < 390 || x > w - 380 || y < 60 || y > h - 110) map.panTo(at, { animate: false });
}
