// A Feed plays the server's part of the live socket: as many units as one likes, all
// on the move, in the binary frames of docs/live-protocol.md, or counted from far out.
import type { Page } from "playwright-core";

export interface FeedOptions {
  units: number;
  spread: [number, number]; // degrees, to either side of the middle
  middle: [number, number];
  everyTick?: number; // the share of units that report in a tick
}

const tickMs = 200;
const zoom = 12;

interface At {
  lon: number;
  lat: number;
  course: number;
}

export async function feed(page: Page, { units, spread, middle, everyTick = 0.2 }: FeedOptions): Promise<() => number> {
  const all: At[] = Array.from({ length: units }, (_, i) => ({
    lon: middle[0] + (noise(i) * 2 - 1) * spread[0],
    lat: middle[1] + (noise(i + 0.5) * 2 - 1) * spread[1],
    course: noise(i + 0.25) * 2 * Math.PI,
  }));
  let sent = 0;
  const json = (at: At, i: number) => ({
    id: `p${String(i)}`, n: i + 1, kind: ["officer", "officer", "patrol-car", "tow-truck"][i % 4], name: `Unit ${String(i)}`, team: (i % 9) + 1, at: [at.lon, at.lat],
    t: new Date().toISOString(), heading: Math.round((at.course * 180) / Math.PI), speed_kmh: 12, duty: "on", alert: i % 400 === 3 ? "likely" : null,
  });
  await page.routeWebSocket(/\/api\/live/, (ws) => {
    const say = (message: unknown) => ws.send(JSON.stringify(message));
    let cells = 0; // zoom of the cells that units are counted by; 0: they aren't
    const alone = (i: number) => cells === 0 || i % 400 === 3;
    const snapshot = (lists: object) => {
      say({ type: "snapshot", t: new Date().toISOString(), units: all.map(json).filter((_, i) => alone(i)), ...(cells > 0 ? { counted: true } : {}), ...lists });
      if (cells > 0) ws.send(counts(Date.now(), cells, all.filter((_, i) => !alone(i))));
    };
    const look = (zoom: number) => (cells = zoom < 13.2 && units >= 200 ? Math.floor(zoom) + 3 : 0);
    let next = 0;
    let ticks = 0;
    const timer = setInterval(() => {
      const moved: number[] = [];
      for (let k = 0; k < units * everyTick; k++) {
        const i = next++ % units;
        const at = all[i];
        if (at === undefined) break;
        at.course += (noise(i + next) - 0.5) * 0.6;
        at.lon += Math.sin(at.course) * 0.00004;
        at.lat += Math.cos(at.course) * 0.00003;
        if (alone(i)) moved.push(i);
      }
      if (cells > 0 && ticks++ % 5 === 0) {
        sent += units;
        ws.send(counts(Date.now(), cells, all.filter((_, i) => !alone(i))));
      }
      if (moved.length === 0) return;
      sent += moved.length;
      ws.send(frame(Date.now(), moved.map((i) => ({ n: i + 1, ...(all[i] ?? { lon: 0, lat: 0, course: 0 }) }))));
    }, tickMs);
    ws.onClose(() => clearInterval(timer));
    ws.onMessage((text) => {
      const m = JSON.parse(String(text)) as { type: string; n?: number; view?: { zoom: number } };
      const now = new Date().toISOString();
      if (m.view !== undefined) look(m.view.zoom);
      if (m.type === "hello") {
        say({ type: "welcome", now, speed: 1, seq: 1, scope: "feed", tick_ms: tickMs, streets: 1 });
        snapshot({ alerts: [], tasks: [] });
      } else if (m.type === "view") snapshot({});
      else if (m.type === "ping") say({ type: "pong", n: m.n, now });
    });
  });
  return () => sent;
}

// noise is the same for the same number, 0..1.
function noise(i: number): number {
  const x = Math.sin(i * 12.9898 + 4.1414) * 43758.5453;
  return x - Math.floor(x);
}

// counts is a binary frame of counts.
function counts(ms: number, zoom: number, positions: At[]): Buffer {
  const out: number[] = [2, zoom];
  const across = 2 ** zoom;
  const cells = new Map<number, { n: number; x: number; y: number }>();
  for (const p of positions) {
    const [x, y] = mercator(p, across);
    const key = Math.floor(x) * across + Math.floor(y);
    const cell = cells.get(key) ?? { n: 0, x: 0, y: 0 };
    cells.set(key, { n: cell.n + 1, x: cell.x + (x % 1), y: cell.y + (y % 1) });
  }
  uvarint(out, ms);
  let [x, y] = [0, 0];
  for (const [key, c] of [...cells].sort(([a], [b]) => a - b)) {
    const [cx, cy] = [Math.floor(key / across), key % across];
    uvarint(out, cx - x);
    uvarint(out, cx === x ? cy - y : cy);
    [x, y] = [cx, cy];
    uvarint(out, c.n);
    out.push(Math.floor((256 * c.x) / c.n), Math.floor((256 * c.y) / c.n));
  }
  return Buffer.from(out);
}

// mercator is where on a square of the world so many steps across.
function mercator({ lon, lat }: { lon: number; lat: number }, across: number): [number, number] {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [((lon + 180) / 360) * across, (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * across];
}

function uvarint(out: number[], v: number): void {
  for (; v >= 128; v = Math.floor(v / 128)) out.push((v % 128) | 128);
  out.push(v);
}

// frame is a binary frame of positions.
export function frame(ms: number, positions: { n: number; lon: number; lat: number; course: number }[]): Buffer {
  const out: number[] = [1, zoom];
  uvarint(out, ms);
  const side = 2 ** zoom * 65536;
  const tiles = new Map<string, { tx: number; ty: number; list: { n: number; x: number; y: number; heading: number }[] }>();
  for (const p of positions) {
    const [x, y] = mercator(p, side).map(Math.floor) as [number, number];
    const [tx, ty] = [Math.floor(x / 65536), Math.floor(y / 65536)];
    const key = `${String(tx)}/${String(ty)}`;
    const tile = tiles.get(key) ?? { tx, ty, list: [] };
    tiles.set(key, tile);
    const turn = (((p.course / (2 * Math.PI)) % 1) + 1) % 1;
    tile.list.push({ n: p.n, x: x % 65536, y: y % 65536, heading: Math.floor(turn * 254) });
  }
  for (const { tx, ty, list } of tiles.values()) {
    list.sort((a, b) => a.n - b.n);
    [tx, ty, list.length].forEach((v) => uvarint(out, v));
    let before = 0;
    for (const p of list) {
      uvarint(out, p.n - before);
      before = p.n;
      out.push(p.x & 255, p.x >> 8, p.y & 255, p.y >> 8);
      uvarint(out, 0);
      out.push(p.heading, 12);
    }
  }
  return Buffer.from(out);
}
