import { describe, expect, it } from "vitest";
import type { Unit } from "./wire";
import { flatMetres, shownAt, Units, type UnitsChange } from "./units";

const unit = (id: string, n: number, lon: number, t: number, more: Partial<Unit> = {}): Unit => ({
  id, n, kind: "officer", name: id, at: [lon, 40], t: new Date(t).toISOString(), alert: null, ...more,
});

function made() {
  let now = 1000;
  const units = new Units(() => now);
  const changes: UnitsChange[] = [];
  units.onChange((c) => changes.push(c));
  return { units, changes, pass: (ms: number) => (now += ms), now: () => now };
}

const step = 0.0001; // 8.5 m of longitude here

describe("units glide from where they are shown to where they are", () => {
  it("over as long as they were silent", () => {
    const { units, pass, now } = made();
    units.put([unit("a", 1, 0, 0)]);
    pass(1000);
    units.put([unit("a", 1, step, 1000)]);
    const m = units.get("a");
    expect(m).toMatchObject({ took: 1000, from: [0, 40], to: [step, 40] });
    if (m === undefined) return;
    expect(shownAt(m, now())[0]).toBe(0);
    expect(shownAt(m, now() + 500)[0]).toBeCloseTo(step / 2, 12);
    expect(shownAt(m, now() + 5000)[0]).toBe(step);
  });
  it("from the middle of the last glide, without a jump", () => {
    const { units, pass, now } = made();
    units.put([unit("a", 1, 0, 0)]);
    pass(1000);
    units.put([unit("a", 1, step, 1000)]);
    pass(400);
    units.put([unit("a", 1, 2 * step, 1400)]);
    const m = units.get("a");
    expect(m?.from[0]).toBeCloseTo(0.4 * step, 12);
    expect(m !== undefined && shownAt(m, now())[0]).toBeCloseTo(0.4 * step, 12);
  });
  it("never for longer than 3 s after a long silence", () => {
    const { units, pass } = made();
    units.put([unit("a", 1, 0, 0)]);
    pass(60_000);
    units.put([unit("a", 1, step, 60_000)]);
    expect(units.get("a")?.took).toBe(3000);
  });
  it("but jump when it is far, and when no motion is wanted", () => {
    const { units, pass } = made();
    units.put([unit("a", 1, 0, 0), unit("b", 2, 0, 0)]);
    pass(1000);
    units.put([unit("a", 1, 1, 1000)]);
    expect(units.get("a")).toMatchObject({ took: 0, to: [1, 40] });
    units.still = true;
    units.put([unit("b", 2, step, 1000)]);
    expect(units.get("b")?.took).toBe(0);
  });
  it("and go on when only their state changes", () => {
    const { units, pass } = made();
    units.put([unit("a", 1, 0, 0)]);
    pass(1000);
    units.put([unit("a", 1, step, 1000)]);
    pass(300);
    units.put([unit("a", 1, step, 1000, { duty: "busy" })]);
    expect(units.get("a")).toMatchObject({ start: 2000, took: 1000, unit: { duty: "busy" } });
  });
});

describe("what comes and goes", () => {
  it("a snapshot takes the place of all there was, and its numbers hold", () => {
    const { units, changes } = made();
    units.snapshot([unit("a", 1, 0, 0), unit("b", 2, 0, 0)]);
    units.snapshot([unit("b", 1, 0, 0)]);
    expect(changes.at(-1)).toMatchObject({ all: true, gone: ["a"] });
    units.move([{ n: 1, ms: 5000, at: [step, 40], heading: 90, speed: 4 }, { n: 2, ms: 5000, at: [9, 9], heading: null, speed: null }]);
    expect([...units.all()].map((m) => m.unit.id)).toEqual(["b"]);
    expect(units.get("b")).toMatchObject({ ms: 5000, to: [step, 40], unit: { heading: 90, speed_kmh: 4 } });
  });
  it("who is gone is not moved by a number any more", () => {
    const { units } = made();
    units.put([unit("a", 1, 0, 0)]);
    units.gone(["a"]);
    units.move([{ n: 1, ms: 1, at: [1, 1], heading: null, speed: null }]);
    expect(units.size).toBe(0);
  });
});

it("measures short ways", () => {
  expect(flatMetres([0, 60], [0.001, 60])).toBeCloseTo(55.6, 1);
  expect(flatMetres([0, 60], [0, 60.001])).toBeCloseTo(111.2, 1);
});
