import { describe, expect, it } from "vitest";
import type { Moving } from "../../live/units";
import type { Unit } from "../../live/wire";
import { arrange, nameWidth } from "./labels";
import { radiusAt } from "./layer";
import { gradeCell, kindCell, teamCell } from "./signs";
import { both, fillOf, floats, glide, mercator, near, nextFrame, projector, Slots, translated } from "./slots";

const moving = (id: string, at: [number, number], more: Partial<Moving> = {}, unit: Partial<Unit> = {}): Moving => ({
  unit: { id, n: 1, kind: "officer", name: id, at, t: "", alert: null, ...unit }, ms: 5000, from: at, to: at, start: 0, took: 0, heard: 0, ...more,
});

describe("slots", () => {
  it("keep a row for each unit, the last in the place of who goes", () => {
    const s = new Slots(0, 0);
    for (let i = 0; i < 100; i++) s.put(moving(`u${i}`, [i / 1000, 40]));
    s.remove("u3");
    s.remove("nobody");
    expect(s.size).toBe(99);
    expect(s.place("u99")).toBe(3);
    expect(s.data[3 * floats]).toBeCloseTo(0.099 / 360, 9);
    s.remove("u99");
    expect(s.ids[3]).toBe("u98");
    for (const [i, id] of s.ids.entries()) expect(s.place(id)).toBe(i);
  });
  it("hold places to a centimetre a city away, in 32 bits", () => {
    const s = new Slots(0, 0);
    s.put(moving("a", [-75.55, 39.75]));
    const far: [number, number] = [-75.1, 40.05];
    const i = s.put(moving("b", far));
    const [x, y] = mercator(far);
    const worldM = 40_075_017 * Math.cos((40 * Math.PI) / 180);
    expect(Math.abs((s.data[i * floats + 2] ?? 0) + (s.origin?.[0] ?? 0) - x) * worldM).toBeLessThan(0.01);
    expect(Math.abs((s.data[i * floats + 3] ?? 0) + (s.origin?.[1] ?? 0) - y) * worldM).toBeLessThan(0.01);
  });
  it("say a unit's signs", () => {
    expect([fillOf(moving("a", [0, 0])), fillOf(moving("a", [0, 0], {}, { duty: "busy" })), fillOf(moving("a", [0, 0], {}, { kind: "dog", duty: "off" }))]).toEqual([0, 1, 3]);
    expect([kindCell("officer"), kindCell("patrol-car"), kindCell("elephant")]).toEqual([0, 3, 0]);
    expect([gradeCell(null), gradeCell("possible"), gradeCell("confirmed")]).toEqual([0, 9, 11]);
    expect([teamCell(undefined), teamCell(1), teamCell(48), teamCell(49), teamCell(-1)]).toEqual([0, 16, 63, 0, 0]);
  });
});

describe("frames", () => {
  const walker = moving("a", [0, 0], { from: [0, 0], to: [0.0001, 0], start: 0, took: 1000 }); // 11 m in a second
  it("rest when nobody moves", () => {
    expect(nextFrame(glide([moving("a", [0, 0])], 0), 0, 1e6)).toBe(Infinity);
    expect(nextFrame(glide([walker], 500), 1001, 1e6)).toBe(Infinity);
  });
  it("come as often as the fastest needs, a third of a pixel, at most 60 in a second", () => {
    expect(both({ until: 900, speed: 3 }, { until: 700, speed: 1 }, 800)).toEqual({ until: 900, speed: 3 });
    expect(both({ until: 900, speed: 3 }, { until: 1700, speed: 1 }, 900)).toEqual({ until: 1700, speed: 1 });
    const g = glide([walker, moving("b", [1, 1])], 500);
    expect(g.until).toBe(1000);
    expect(nextFrame(g, 500, 512 * 2 ** 10)).toBe(250); // 0.15 px/s
    expect(nextFrame(g, 500, 512 * 2 ** 14)).toBeCloseTo(146, 0); // 2.3 px/s
    expect(nextFrame(g, 500, 512 * 2 ** 20)).toBeCloseTo(1000 / 60, 6);
  });
});

describe("the pointer finds units", () => {
  // A map of 200 x 100 px that shows 0.2 x 0.1 of the world around the origin.
  const matrix = [10, 0, 0, 0, 0, -20, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const project = projector(matrix, 200, 100);
  it("where the matrix puts them", () => {
    expect(project(0, 0)).toEqual([100, 50]);
    expect(project(0.05, 0.025)[0]).toBeCloseTo(150);
    expect(project(0.05, 0.025)[1]).toBeCloseTo(75);
    const moved = projector(translated(matrix, [0.05, 0]), 200, 100);
    expect(moved(0, 0)[0]).toBeCloseTo(150);
  });
  it("the nearest first, where they are shown now", () => {
    const origin = mercator([0, 0]);
    const gliding = moving("c", [0, 0], { from: [0, 0], to: [9, 0], start: 0, took: 100 });
    const found = near([moving("a", [3, 0]), moving("b", [0.3, 0]), gliding], origin, project, 50, [100, 50], 14);
    expect(found.map((f) => f.id)).toEqual(["b", "a", "c"]);
    expect(near([gliding], origin, project, 100, [100, 50], 14)).toEqual([]);
  });
});

describe("names", () => {
  it("do not cover one another, and who was shown stays", () => {
    const boxes = [{ id: "a", x: 0, y: 0, width: 40 }, { id: "b", x: 30, y: 5, width: 40 }, { id: "c", x: 30, y: 30, width: 40 }];
    expect(arrange(boxes, new Set(), 9)).toEqual(["a", "c"]);
    expect(arrange(boxes, new Set(["b"]), 9)).toEqual(["b", "c"]);
    expect(arrange(boxes, new Set(), 1)).toEqual(["a"]);
  });
  it("are as wide as they are written", () => {
    expect(nameWidth("李伟")).toBeGreaterThan(nameWidth("Li"));
  });
});

it.each([[5, 3], [9, 3], [14, 8.5], [15, 10], [22, 13]])("at zoom %d a body has %d px", (zoom, px) => {
  expect(radiusAt(zoom)).toBeCloseTo(px, 6);
});
