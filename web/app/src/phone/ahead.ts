// The map of the walk, fetched before it is needed: the service worker keeps
// tiles that pass through it, so the streets are there without a signal.
import type { Bounds, LngLat } from "../api/types";

const most = 120; // tiles, some 3 MB

// tilesOf lists the tiles that a box needs at the zooms a patrol looks at. The
// deepest come last, so that a big area at least has its streets.
export function tilesOf([w, s, e, n]: Bounds, zooms: readonly number[] = [11, 12, 13, 14, 15]): string[] {
  const out: string[] = [];
  for (const z of zooms) {
    const size = 2 ** z;
    const x = (lon: number) => Math.floor(((lon + 180) / 360) * size);
    const y = (lat: number) => Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * size);
    for (let i = x(w); i <= x(e); i++) for (let j = y(n); j <= y(s); j++) out.push(`${z}/${i}/${j}`);
  }
  return out.slice(0, most);
}

export function boxOf(line: readonly LngLat[], margin = 0.004): Bounds | null {
  if (line.length === 0) return null;
  const [lons, lats] = [line.map((p) => p[0]), line.map((p) => p[1])];
  return [Math.min(...lons) - margin, Math.min(...lats) - margin, Math.max(...lons) + margin, Math.max(...lats) + margin];
}

// fetchAhead has the tiles of a line kept. It needs the service worker in charge;
// one tile at a time, for the page itself comes first.
export async function fetchAhead(map: string, line: readonly LngLat[], gone: AbortSignal): Promise<void> {
  const box = boxOf(line);
  if (box === null || !("serviceWorker" in navigator)) return;
  if (navigator.serviceWorker.controller === null)
    await new Promise((done) => {
      navigator.serviceWorker.addEventListener("controllerchange", done, { once: true, signal: gone });
    });
  for (const tile of tilesOf(box)) {
    if (gone.aborted) return;
    try {
      await (await fetch(`/tiles/${map}/${tile}`, { signal: gone })).arrayBuffer();
    } catch {
      return; // no signal now: what is kept is kept
    }
  }
}
