// Where this phone is, as its browser tells.
import type { LngLat } from "../api/types";
import { metres } from "./ground";

// A Place is one reading, by this phone's clock.
export interface Place {
  wall: number; // ms since 1970
  at: LngLat;
  accuracy: number; // metres
  speed: number | null; // km/h
  heading: number | null; // degrees
}

export type Trouble = "denied" | "unavailable" | "unsupported" | "insecure";

export function readPlace(p: GeolocationPosition, now: number): Place {
  const { longitude, latitude, accuracy, speed, heading } = p.coords;
  return {
    // Some phones report a time that is nonsense; a reading is never from the future.
    wall: p.timestamp > now - 3_600_000 && p.timestamp <= now ? p.timestamp : now,
    at: [round(longitude, 6), round(latitude, 6)],
    accuracy: round(accuracy, 1),
    speed: speed === null || Number.isNaN(speed) ? null : round(speed * 3.6, 1),
    heading: heading === null || Number.isNaN(heading) ? null : round(heading, 0) % 360,
  };
}

function round(v: number, digits: number): number {
  const f = 10 ** digits;
  return Math.round(v * f) / f;
}

const everyMs = 2_000;
const standingMs = 15_000;

// worth says whether a reading tells anything after the one before it: somebody
// who stands still needn't say so each second.
export function worth(before: Place | null, next: Place): boolean {
  if (before === null) return true;
  const age = next.wall - before.wall;
  if (age < everyMs) return false;
  return age >= standingMs || metres(before.at, next.at) > Math.max(3, Math.min(next.accuracy, before.accuracy) / 3);
}

export function supported(): Trouble | null {
  if (!window.isSecureContext) return "insecure";
  return "geolocation" in navigator ? null : "unsupported";
}

// watch tells places until it is stopped. Being unavailable for a while is
// normal indoors; it goes on trying.
export function watch(place: (p: Place) => void, trouble: (t: Trouble | null) => void): () => void {
  const not = supported();
  if (not !== null) {
    trouble(not);
    return () => undefined;
  }
  let last = 0;
  const found = (p: GeolocationPosition): void => {
    last = Date.now();
    trouble(null);
    place(readPlace(p, last));
  };
  const failed = (e: GeolocationPositionError): void => trouble(e.code === e.PERMISSION_DENIED ? "denied" : "unavailable");
  const id = navigator.geolocation.watchPosition(found, failed, { enableHighAccuracy: true, maximumAge: 1000, timeout: 30_000 });
  // Many browsers say nothing while the phone lies still. The desk must still know
  // that somebody is there, or it sends nobody by so old a place.
  const asking = setInterval(() => {
    if (Date.now() - last >= standingMs) navigator.geolocation.getCurrentPosition(found, () => undefined, { enableHighAccuracy: true, maximumAge: 0, timeout: 10_000 });
  }, standingMs);
  return () => {
    clearInterval(asking);
    navigator.geolocation.clearWatch(id);
  };
}
