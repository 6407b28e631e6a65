// The server's clock, as a phone knows it. A demo's runs faster than ours, and a
// phone's own may be wrong: what is told to the server is told by its clock.

// An Anchor is one reading: at `local` (our clock, ms since 1970) the server's
// said `server`, and it runs `speed` times as fast.
export interface Anchor {
  server: number;
  local: number;
  speed: number;
}

// serverAt is what the server's clock said, or will say, when ours says local.
// Without a reading ours must do.
export function serverAt(anchor: Anchor | null, local: number): number {
  return anchor === null ? local : anchor.server + (local - anchor.local) * anchor.speed;
}

// secondsUntil is how long we wait, by our clock, until the server's says then.
export function secondsUntil(anchor: Anchor | null, then: number, local: number): number {
  return (then - serverAt(anchor, local)) / 1000 / (anchor?.speed ?? 1);
}

// readAnchor takes what a welcome or a session says.
export function readAnchor(now: string, speed: number, local: number): Anchor | null {
  const server = Date.parse(now);
  return Number.isFinite(server) && speed > 0 ? { server, local, speed } : null;
}
