// The address of the map page: #zoom/lat/lon for the view, the query for what
// is asked. Links made here can be opened on any other desk.
import type { LngLat, Profile } from "../api/types";

export interface View {
  zoom: number;
  center: LngLat;
}

export interface Asked {
  from: LngLat | null;
  to: LngLat | null;
  via: readonly LngLat[]; // passed in their order
  profile: Profile;
  ferries: boolean;
  leave: string | null; // an instant; null: now
  pick: number; // which of the ways, 0 is the best
  q: string;
}

export function readView(hash: string): View | null {
  const m = /^#?(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/.exec(hash);
  if (m === null) return null;
  const [zoom, lat, lon] = [Number(m[1]), Number(m[2]), Number(m[3])];
  if (zoom > 24 || Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
  return { zoom, center: [lon, lat] };
}

// writeView keeps as many decimals as a pixel is worth at that zoom.
export function writeView(v: View): string {
  const digits = Math.max(0, Math.ceil((v.zoom * Math.LN2 + Math.log(512 / 360 / 0.5)) / Math.LN10));
  const zoom = Math.round(v.zoom * 100) / 100;
  return `#${zoom}/${v.center[1].toFixed(digits)}/${v.center[0].toFixed(digits)}`;
}

export function readPoint(text: string | null): LngLat | null {
  const m = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/.exec(text ?? "");
  if (m === null) return null;
  const [lon, lat] = [Number(m[1]), Number(m[2])];
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : null;
}

export function writePoint(p: LngLat): string {
  return `${p[0].toFixed(6)},${p[1].toFixed(6)}`;
}

// readInstant takes a time with its zone, and gives it in UTC to the minute.
export function readInstant(text: string | null): string | null {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text ?? "") ? Date.parse(text ?? "") : NaN;
  return Number.isNaN(at) ? null : writeInstant(at);
}

export function writeInstant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}:00Z`;
}

// mostVia is how many points the server lets a route pass.
export const mostVia = 50;

export function readAsked(search: string): Asked {
  const q = new URLSearchParams(search);
  return {
    from: readPoint(q.get("from")),
    to: readPoint(q.get("to")),
    via: (q.get("via") ?? "").split(";", mostVia).map(readPoint).filter((p) => p !== null),
    profile: /^[a-z0-9-]{1,40}$/.test(q.get("profile") ?? "") ? (q.get("profile") ?? "foot") : "foot",
    ferries: q.get("ferries") === "1",
    leave: readInstant(q.get("at")),
    pick: /^[1-7]$/.test(q.get("way") ?? "") ? Number(q.get("way")) : 0,
    q: q.get("q") ?? "",
  };
}

// writeAsked changes our own parameters and leaves others, such as theme, alone.
export function writeAsked(search: string, asked: Asked): string {
  const q = new URLSearchParams(search);
  const put = (name: string, value: string | null) => (value === null || value === "" ? q.delete(name) : q.set(name, value));
  put("from", asked.from && writePoint(asked.from));
  put("to", asked.to && writePoint(asked.to));
  put("via", asked.via.map(writePoint).join(";"));
  put("ferries", asked.ferries ? "1" : null);
  put("at", asked.leave);
  put("way", asked.pick > 0 ? String(asked.pick) : null);
  put("profile", asked.from !== null || asked.to !== null ? asked.profile : null);
  put("q", asked.q);
  const text = q.toString().replaceAll("%2C", ",").replaceAll("%3B", ";").replaceAll("%3A", ":");
  return text === "" ? "" : `?${text}`;
}
