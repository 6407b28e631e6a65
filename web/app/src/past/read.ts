// What was: an hour of positions and alerts as docs/past.md tells them, line by line.
import { Problem, Unreachable } from "../api/problem";
import type { Alert } from "../live/wire";

// A Track is where a unit was: columns of equal length, by time.
export interface Track {
  id: string;
  kind: string;
  name: string;
  team: number | undefined;
  ms: Float64Array; // since 1970
  lon: Float64Array;
  lat: Float64Array;
  speed: Float32Array | null; // km/h, -1 not told
  heading: Float32Array | null;
}

export interface Past {
  from: number; // ms since 1970
  to: number;
  tracks: Track[];
  alerts: Alert[];
}

interface UnitLine {
  type: "unit";
  id: string;
  kind: string;
  name: string;
  team?: number;
  t: number[];
  lon: number[];
  lat: number[];
  speed_kmh?: number[];
  heading?: number[];
}

type Line = { type: "past"; from: string; to: string; step_ms: number; step_deg: number } | { type: "alert"; alert: Alert } | UnitLine | { type: "end"; units: number } | { type: "other" };

// A CutOff is an answer that ended before its last line.
export class CutOff extends Error {}

// A Reader takes lines and makes the past of them.
export class Reader {
  private past: Past | null = null;
  private steps = { ms: 100, deg: 1e-6 };
  private ended = false;

  line(text: string): void {
    if (text === "") return;
    const line = JSON.parse(text) as Line;
    if (line.type === "past") {
      this.past = { from: Date.parse(line.from), to: Date.parse(line.to), tracks: [], alerts: [] };
      this.steps = { ms: line.step_ms, deg: line.step_deg };
    } else if (line.type === "alert") this.past?.alerts.push(line.alert);
    else if (line.type === "unit") this.past?.tracks.push(this.track(line, this.past.from));
    else if (line.type === "end") this.ended = true;
  }

  get units(): number {
    return this.past?.tracks.length ?? 0;
  }

  end(): Past {
    if (this.past === null || !this.ended) throw new CutOff("the answer was cut off");
    return this.past;
  }

  private track(l: UnitLine, from: number): Track {
    const sums = (steps: number[], scale: number, start: number) => {
      let sum = 0;
      return Float64Array.from(steps, (step) => start + (sum += step) * scale);
    };
    return {
      id: l.id, kind: l.kind, name: l.name, team: l.team,
      ms: sums(l.t, this.steps.ms, from), lon: sums(l.lon, this.steps.deg, 0), lat: sums(l.lat, this.steps.deg, 0),
      speed: l.speed_kmh === undefined ? null : Float32Array.from(l.speed_kmh),
      heading: l.heading === undefined ? null : Float32Array.from(l.heading),
    };
  }
}

export interface Asked {
  from: number;
  to: number;
  why: string;
}

// fetchPast asks for what was. told hears how many units have come.
export async function fetchPast(asked: Asked, told: (units: number) => void, signal: AbortSignal): Promise<Past> {
  const q = new URLSearchParams({ from: new Date(asked.from).toISOString(), to: new Date(asked.to).toISOString(), why: asked.why });
  const response = await fetch(`/api/past?${q.toString()}`, { signal }).catch((e: unknown) => {
    throw signal.aborted ? e : new Unreachable(e);
  });
  if (!response.ok || response.body === null) throw new Problem(response.status, await response.json().catch(() => null));
  const reader = new Reader();
  const stream = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await stream.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach((l) => reader.line(l));
    told(reader.units);
  }
  reader.line(rest);
  return reader.end();
}
