// A Player moves the units of a past as they moved then, at a speed, and stands in
// for what is live: the map draws what is on the stage, whichever it is.
import type { LngLat } from "../api/types";
import { over, subjectUnit } from "../desk/queue";
import type { Counts } from "../live/counts";
import { Trails } from "../live/trails";
import type { Pulse } from "../live/live";
import { Units } from "../live/units";
import type { Alert, Grade, Unit, UnitKind } from "../live/wire";
import type { Past, Track } from "./read";

// A Stage is what the map shows units of.
export interface Stage {
  readonly units: Units;
  readonly trails: Trails;
  readonly counts?: Counts; // not of what is past: there everybody is known
  readonly clock: { now(): number };
  pulse(): Pulse;
  onPulse(tell: () => void): () => void;
}

export const speeds = [1, 2, 5, 10, 30, 60] as const;

const beatMs = 250;
const joinMs = 180_000; // positions farther apart than that are not joined by a line
const silentMs = 600_000; // after that it is taken off the map
const calm: Pulse = { phase: "open", quiet: false, behind: false, since: 0, lagMs: null, tries: 0 };
const rank: Record<Grade, number> = { possible: 0, likely: 1, confirmed: 2 };

// lasts says whether an alert was on at an instant.
export function lasts(a: Alert, at: number): boolean {
  return Date.parse(a.began) <= at && (a.ended === null ? !over(a) : at < Date.parse(a.ended));
}

// indexAt is the last position not after an instant; -1 before the first.
export function indexAt(ms: Float64Array, at: number): number {
  let [low, high] = [0, ms.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((ms[mid] ?? Infinity) <= at) low = mid + 1;
    else high = mid;
  }
  return low - 1;
}

// placeAt is where a unit was: between two positions that are near in time on the
// line between them. null: it hadn't reported yet, or not for long.
export function placeAt(track: Track, at: number): { at: LngLat; ms: number; i: number } | null {
  const i = indexAt(track.ms, at);
  const [ms, lon, lat] = [track.ms[i], track.lon[i], track.lat[i]];
  if (ms === undefined || lon === undefined || lat === undefined || at - ms > silentMs) return null;
  const [nextMs, nextLon, nextLat] = [track.ms[i + 1], track.lon[i + 1], track.lat[i + 1]];
  if (nextMs === undefined || nextLon === undefined || nextLat === undefined || nextMs - ms > joinMs || nextMs <= ms) return { at: [lon, lat], ms, i };
  const f = (at - ms) / (nextMs - ms);
  return { at: [lon + (nextLon - lon) * f, lat + (nextLat - lat) * f], ms: at, i };
}

export class Player implements Stage {
  readonly units: Units;
  readonly trails: Trails;
  readonly clock = { now: () => this.at };
  at: number;
  speed: (typeof speeds)[number] = 10;
  playing = false;
  private since: number; // of the last beat, ours
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly listeners = new Set<() => void>();
  private version = 0;

  constructor(
    readonly past: Past,
    at: number,
    private readonly ticks: () => number = () => performance.now(),
  ) {
    this.units = new Units(ticks);
    this.trails = new Trails(this.units);
    this.at = Math.min(past.to, Math.max(past.from, at));
    this.since = ticks();
    this.show();
  }

  pulse = (): Pulse => calm;
  // Nothing of a past changes by itself but by our own beats.
  onPulse = (): (() => void) => () => undefined;

  subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  };

  // changes is another number after each change, for who draws again then.
  changes = (): number => this.version;

  play(on = true): void {
    if (on && this.at >= this.past.to) this.seek(this.past.from);
    this.playing = on;
    this.since = this.ticks();
    clearInterval(this.timer);
    if (on) this.timer = setInterval(() => this.beat(), beatMs);
    this.tell();
  }

  faster(speed: (typeof speeds)[number]): void {
    this.speed = speed;
    this.tell();
  }

  // seek goes to an instant. What lies between was not seen: trails begin anew.
  seek(at: number): void {
    const to = Math.min(this.past.to, Math.max(this.past.from, at));
    if (to < this.at || to - this.at > 60_000) this.units.clear();
    this.at = to;
    this.since = this.ticks();
    this.show();
    this.tell();
  }

  // beat goes on by what has passed since the last.
  beat(): void {
    const now = this.ticks();
    this.at = Math.min(this.past.to, this.at + (now - this.since) * this.speed);
    this.since = now;
    this.show();
    if (this.at >= this.past.to) this.play(false);
    this.tell();
  }

  // near is the next alert that began after now, or the one before.
  near(by: 1 | -1): Alert | undefined {
    const began = (a: Alert) => Date.parse(a.began);
    const list = this.past.alerts.filter((a) => began(a) >= this.past.from && (by > 0 ? began(a) > this.at + 500 : began(a) < this.at - 1500)).sort((a, b) => began(a) - began(b));
    return list.at(by > 0 ? 0 : -1);
  }

  // alerts are those that were on.
  alerts(): Alert[] {
    return this.past.alerts.filter((a) => lasts(a, this.at));
  }

  stop(): void {
    clearInterval(this.timer);
    this.playing = false;
  }

  private show(): void {
    const grades = new Map<string, Grade>();
    for (const a of this.alerts()) {
      const id = subjectUnit(a);
      const was = grades.get(id);
      if (was === undefined || rank[a.grade] > rank[was]) grades.set(id, a.grade);
    }
    const there: Unit[] = [];
    const gone: string[] = [];
    this.past.tracks.forEach((track, n) => {
      const place = placeAt(track, this.at);
      if (place === null) {
        if (this.units.get(track.id) !== undefined) gone.push(track.id);
        return;
      }
      const told = (column: Float32Array | null) => {
        const v = column?.[place.i];
        return v === undefined || v < 0 ? undefined : v;
      };
      const [speed, heading] = [told(track.speed), told(track.heading)];
      there.push({
        id: track.id, n: n + 1, kind: track.kind as UnitKind, name: track.name, at: place.at, t: new Date(place.ms).toISOString(), duty: "on", alert: grades.get(track.id) ?? null,
        ...(track.team === undefined ? {} : { team: track.team }), ...(speed === undefined ? {} : { speed_kmh: speed }), ...(heading === undefined ? {} : { heading }),
      });
    });
    if (gone.length > 0) this.units.gone(gone);
    this.units.put(there);
  }

  private tell(): void {
    this.version++;
    this.listeners.forEach((t) => t());
  }
}
