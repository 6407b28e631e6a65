import { describe, expect, it } from "vitest";
import { Trails, trailMs } from "./trails";
import { Units } from "./units";
import type { Unit } from "./wire";

const unit = (id: string, lon: number, ms: number): Unit => ({ id, n: 1, kind: "officer", name: id, at: [lon, 40], t: new Date(ms).toISOString(), duty: "on", alert: null });
const step = 0.0001; // 8.5 m

describe("a trail", () => {
  it("has where a unit went, and not that it stands", () => {
    const units = new Units(() => 0);
    const trails = new Trails(units);
    [0, 0.1, 1, 1.2, 2].forEach((s, i) => units.put([unit("a", s * step, i * 1000)]));
    expect(trails.of("a").map((m) => m.at[0] / step)).toEqual([0, 1, 2].map((x) => expect.closeTo(x, 6) as number));
    units.put([unit("a", 9 * step, 500)]); // came late
    expect(trails.of("a")).toHaveLength(3);
  });
  it("is short, and begins anew with who comes back", () => {
    const units = new Units(() => 0);
    const trails = new Trails(units);
    for (let i = 0; i < 200; i++) units.put([unit("a", i * step, i * 1000)]);
    expect(trails.of("a")).toHaveLength(60);
    units.put([unit("a", 300 * step, trailMs + 150_000)]);
    expect(trails.of("a").length).toBeLessThan(61);
    units.gone(["a"]);
    expect(trails.of("a")).toEqual([]);
  });
});
