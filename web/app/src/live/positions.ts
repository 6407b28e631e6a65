// The binary frames of positions and of counts; docs/live-protocol.md has their bytes.
import type { LngLat } from "../api/types";

export interface Position {
  n: number; // the unit's number, which its JSON said
  ms: number; // when, since 1970
  at: LngLat;
  heading: number | null; // degrees
  speed: number | null; // km/h
}

const version = 1;
const zoom = 12;
const tiles = 1 << zoom;
const side = tiles * 65536;
const untold = 255;
const ageMs = 100;
const mostNumber = 2 ** 50;

// A FrameError is what is wrong with bytes that are no frame.
export class FrameError extends Error {}

// readPositions reads a frame. It throws FrameError for anything else.
export function readPositions(frame: ArrayBuffer): Position[] {
  return readFrame(frame).positions;
}

// readFrame gives the time of the frame too, by the server's clock.
export function readFrame(frame: ArrayBuffer): { ms: number; positions: Position[] } {
  const r = new Reader(new Uint8Array(frame));
  if (r.byte() !== version || r.byte() !== zoom) throw new FrameError("another version of frame");
  const latest = r.uvarint(mostNumber);
  const out: Position[] = [];
  while (r.left()) {
    const [tileX, tileY] = [r.uvarint(tiles - 1), r.uvarint(tiles - 1)];
    const count = r.uvarint(1 << 20);
    let n = 0;
    for (let i = 0; i < count; i++) {
      n += r.uvarint(mostNumber);
      const [x, y] = [r.uint16(), r.uint16()];
      const age = r.uvarint(2 ** 36);
      const [heading, speed] = [r.byte(), r.byte()];
      out.push({
        n,
        ms: latest - age * ageMs,
        at: place(tileX * 65536 + x, tileY * 65536 + y),
        heading: heading === untold ? null : (heading * 360) / 255,
        speed: speed === untold ? null : speed,
      });
    }
  }
  return { ms: latest, positions: out };
}

// A Census is how many units there are in each cell, far out.
export interface Census {
  ms: number; // when, by the server's clock
  zoom: number; // of the cells, tiles of web Mercator
  cells: readonly { x: number; y: number; n: number; at: LngLat }[]; // at is about the middle of those in it
}

const countsVersion = 2;
const mostCells = 1 << 20;

// isCensus says which of the two a frame is.
export function isCensus(frame: ArrayBuffer): boolean {
  return new Uint8Array(frame, 0, Math.min(1, frame.byteLength))[0] === countsVersion;
}

// readCensus reads a frame of counts. It throws FrameError for anything else.
export function readCensus(frame: ArrayBuffer): Census {
  const r = new Reader(new Uint8Array(frame));
  if (r.byte() !== countsVersion) throw new FrameError("another version of frame");
  const cellZoom = r.byte();
  if (cellZoom < 3 || cellZoom > 16) throw new FrameError("cells of an unknown size");
  const ms = r.uvarint(mostNumber);
  const across = 2 ** cellZoom;
  const step = side / across;
  const cells: { x: number; y: number; n: number; at: LngLat }[] = [];
  let [x, y] = [0, 0];
  while (r.left()) {
    const dx = r.uvarint(across - 1);
    if (dx > 0) [x, y] = [x + dx, 0];
    y += r.uvarint(across - 1);
    const n = r.uvarint(2 ** 30);
    const [inX, inY] = [r.byte(), r.byte()];
    if (x >= across || y >= across || n === 0 || cells.length === mostCells) throw new FrameError("a cell lies outside of the map, or has nobody in it");
    cells.push({ x, y, n, at: place((x + inX / 256) * step + step / 512, (y + inY / 256) * step + step / 512) });
  }
  return { ms, zoom: cellZoom, cells };
}

// place is the middle of a step of the square that Mercator makes of the world.
function place(x: number, y: number): LngLat {
  const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * (y + 0.5)) / side))) * 180) / Math.PI;
  return [((x + 0.5) / side) * 360 - 180, lat];
}

class Reader {
  private i = 0;
  constructor(private readonly b: Uint8Array) {}
  left(): boolean {
    return this.i < this.b.length;
  }
  byte(): number {
    const v = this.b[this.i++];
    if (v === undefined) throw new FrameError("it is cut off");
    return v;
  }
  uint16(): number {
    const low = this.byte();
    return low | (this.byte() << 8);
  }
  // LEB128; by multiplication, for bit operations end at 32 bits.
  uvarint(most: number): number {
    let v = 0;
    for (let unit = 1; unit <= 2 ** 49; unit *= 128) {
      const b = this.byte();
      v += (b & 127) * unit;
      if (v > most) break;
      if (b < 128) return v;
    }
    throw new FrameError("a number is too large");
  }
}
