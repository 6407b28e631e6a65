import { describe, expect, it } from "vitest";
import { Lags, parts } from "./lags";

describe("the way from fix to screen", () => {
  it("is told of the last minute, without what came late", () => {
    let now = 0;
    const lags = new Lags(() => now);
    lags.came([9000], 50);
    now = 61_000;
    lags.came(Array.from({ length: 100 }, (_, i) => i * 10), 20);
    lags.came([-30, 4_000_000], null);
    expect(lags.fix()).toEqual({ count: 101, p50: 490, p95: 940 });
    expect(lags.screen()).toEqual({ count: 1, p50: 20, p95: 20 });
    now = 200_000;
    expect(lags.fix()).toEqual({ count: 0, p50: 0, p95: 0 });
  });
  it("leaves to the device what server and page don't know", () => {
    const stages = [{ stage: "durable", fixes: 9, p50_ms: 3, p95_ms: 8 }, { stage: "judged", fixes: 9, p50_ms: 1, p95_ms: 2 }, { stage: "published", fixes: 9, p50_ms: 1, p95_ms: 1 }];
    expect(parts(stages, { count: 9, p50: 900, p95: 2000 }, { count: 9, p50: 100, p95: 5000 })).toEqual([
      { id: "device", p50: 795, p95: NaN }, { id: "durable", p50: 3, p95: 8 }, { id: "judged", p50: 1, p95: 2 }, { id: "screen", p50: 101, p95: 5001 },
    ]);
  });
});
