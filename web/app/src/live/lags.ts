// Lags are how old positions are when the page has them, and how much of that the
// way from the server took: the last few hundred, for quantiles.

export interface Lag {
  count: number;
  p50: number; // ms
  p95: number;
}

const kept = 600;
const windowMs = 60_000; // ours
const lateMs = 120_000; // what comes later than that was without a signal, and says nothing of us

export class Lags {
  private readonly positions: [number, number][] = []; // when it came, ours; ms
  private readonly frames: [number, number][] = [];

  constructor(private readonly ticks: () => number = () => performance.now()) {}

  // came takes positions by their age, and their frame by its age, in ms of ours.
  came(ages: Iterable<number>, frame: number | null): void {
    const now = this.ticks();
    for (const age of ages) if (age < lateMs) this.positions.push([now, Math.max(0, age)]);
    if (frame !== null) this.frames.push([now, Math.max(0, frame)]);
    for (const list of [this.positions, this.frames]) if (list.length > kept) list.splice(0, list.length - kept);
  }

  fix(): Lag {
    return this.lag(this.positions);
  }

  screen(): Lag {
    return this.lag(this.frames);
  }

  private lag(list: readonly [number, number][]): Lag {
    const from = this.ticks() - windowMs;
    const sorted = list.filter(([at]) => at >= from).map(([, ms]) => ms).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return { count: sorted.length, p50: at(0.5), p95: at(0.95) };
  }
}

// A Part is one part of the way from fix to screen.
export interface Part {
  id: "device" | "durable" | "judged" | "screen";
  p50: number;
  p95: number; // NaN: not known
}

export interface ServerStage {
  stage: string;
  fixes: number;
  p50_ms: number;
  p95_ms: number;
}

// parts puts together what server and page know. Nobody measures how long a device
// waits and its network takes: that is what remains.
export function parts(stages: readonly ServerStage[], fix: Lag, screen: Lag): Part[] {
  const of = (name: string) => stages.find((s) => s.stage === name);
  const [durable, judged, published] = [of("durable"), of("judged"), of("published")];
  const known: Part[] = [
    { id: "durable", p50: durable?.p50_ms ?? 0, p95: durable?.p95_ms ?? 0 },
    { id: "judged", p50: judged?.p50_ms ?? 0, p95: judged?.p95_ms ?? 0 },
    { id: "screen", p50: screen.p50 + (published?.p50_ms ?? 0), p95: screen.p95 + (published?.p95_ms ?? 0) },
  ];
  const rest = Math.max(0, fix.p50 - known.reduce((sum, p) => sum + p.p50, 0));
  return [{ id: "device", p50: rest, p95: NaN }, ...known]; // slow ones are not slow everywhere: quantiles don't add up
}
