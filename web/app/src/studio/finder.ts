// Which unit grids lie under the brush: a raster of boxes, then the shapes.
import type { LngLat } from "../api/types";
import { contains, polygons } from "../map/anchor";
import type { Board } from "./board";

export class Finder {
  private readonly board: Board;
  private readonly cells = new Map<number, number[]>();
  private readonly w: number;
  private readonly s: number;
  private readonly size: [number, number];
  private readonly across: number;

  constructor(board: Board) {
    this.board = board;
    const bounds = board.bounds(board.units.keys()) ?? [[0, 0], [1, 1]];
    const [[w, s], [e, n]] = bounds;
    this.w = w;
    this.s = s;
    // About two unit grids a cell.
    this.across = Math.max(1, Math.ceil(Math.sqrt(board.units.length / 2)));
    this.size = [(e - w) / this.across || 1, (n - s) / this.across || 1];
    board.topology.box.forEach(([bw, bs, be, bn], unit) => {
      this.each(bw, bs, be, bn, (cell) => {
        const list = this.cells.get(cell);
        if (list === undefined) this.cells.set(cell, [unit]);
        else list.push(unit);
      });
    });
  }

  // at is the unit grid of a place, -1 outside all of them.
  at(p: LngLat): number {
    let found = -1;
    this.each(p[0], p[1], p[0], p[1], (cell) => {
      for (const unit of this.cells.get(cell) ?? []) {
        const u = this.board.units[unit];
        if (found < 0 && u !== undefined && contains(u.geometry, p)) found = unit;
      }
    });
    return found;
  }

  // near are the unit grids that a disc of so many metres touches.
  near(p: LngLat, radiusM: number): number[] {
    const [sx, sy] = this.board.topology.scale;
    const [dx, dy] = [radiusM / sx, radiusM / sy];
    const out = new Set<number>();
    const seen = new Set<number>();
    this.each(p[0] - dx, p[1] - dy, p[0] + dx, p[1] + dy, (cell) => {
      for (const unit of this.cells.get(cell) ?? []) {
        if (seen.has(unit)) continue;
        seen.add(unit);
        const u = this.board.units[unit];
        if (u !== undefined && (contains(u.geometry, p) || edgeWithin(polygons(u.geometry), p, radiusM, sx, sy))) out.add(unit);
      }
    });
    return [...out];
  }

  private each(w: number, s: number, e: number, n: number, visit: (cell: number) => void): void {
    const col = (x: number) => Math.min(this.across - 1, Math.max(0, Math.floor((x - this.w) / this.size[0])));
    const row = (y: number) => Math.min(this.across - 1, Math.max(0, Math.floor((y - this.s) / this.size[1])));
    for (let r = row(s); r <= row(n); r++) for (let c = col(w); c <= col(e); c++) visit(r * this.across + c);
  }
}

function edgeWithin(shapes: number[][][][], p: LngLat, radiusM: number, sx: number, sy: number): boolean {
  const limit = radiusM * radiusM;
  for (const rings of shapes)
    for (const ring of rings)
      for (let i = 1; i < ring.length; i++) {
        const [a, b] = [ring[i - 1], ring[i]];
        if (a === undefined || b === undefined) continue;
        const ax = ((a[0] ?? 0) - p[0]) * sx;
        const ay = ((a[1] ?? 0) - p[1]) * sy;
        const dx = ((b[0] ?? 0) - (a[0] ?? 0)) * sx;
        const dy = ((b[1] ?? 0) - (a[1] ?? 0)) * sy;
        const long = dx * dx + dy * dy;
        const f = long === 0 ? 0 : Math.max(0, Math.min(1, -(ax * dx + ay * dy) / long));
        if ((ax + f * dx) ** 2 + (ay + f * dy) ** 2 <= limit) return true;
      }
  return false;
}
