import { describe, expect, it } from "vitest";
import type { LngLat } from "../api/types";
import type { Walk, WalkStop } from "../live/wire";
import { bearing, circle, measure, metres, nearest, part, pointAt } from "./ground";
import { advance, goal, track, walked } from "./walk";

// One step east or north is 100 m.
const degree = 100 / 111_195;
const at = (east: number, north: number): LngLat => [(east * degree) / Math.cos(39.7 * (Math.PI / 180)), 39.7 + north * degree];
const stop = (n: number, street: string, begin: LngLat, length: number): WalkStop => ({ n, street, at: begin, metres: length, eta: "2026-03-01T08:00:00Z", done: false, reason: [] });

//  c---d
//  |        a to b along First, back along it, up Second, along Third
//  a===b
const walk = {
  shift: 1,
  done_m: 0,
  line: [at(0, 0), at(3, 0), at(0, 0), at(0, 2), at(2, 2)],
  stops: [stop(1, "First", at(0, 0), 300), stop(2, "First", at(3, 0), 300), stop(3, "Third", at(0, 2), 200)],
} as unknown as Walk;
const t = track(walk);

describe("the ground", () => {
  it("measures", () => {
    expect(metres(at(0, 0), at(3, 4))).toBeCloseTo(500, 0);
    expect([bearing(at(0, 0), at(0, 1)), bearing(at(0, 0), at(1, 0)), bearing(at(0, 0), at(-1, 0))].map(Math.round)).toEqual([0, 90, 270]);
    const line = measure(walk.line);
    expect(line.length).toBeCloseTo(1000, 0);
    expect(nearest(line, at(1, 0.1))?.off).toBeCloseTo(10, 0);
    expect(nearest(line, at(1, 0), 400)?.along).toBeCloseTo(500, 0);
    expect(part(line, 100, 400).length).toBe(3);
    expect(pointAt(line, 1e9)).toEqual(walk.line.at(-1));
    expect(circle(at(0, 0), 50).every((p) => Math.abs(metres(p, at(0, 0)) - 50) < 0.5)).toBe(true);
  });
  it("takes lines of nothing", () => {
    expect(measure([])).toEqual({ points: [], upTo: [], length: 0 });
    expect(nearest(measure([]), at(0, 0))).toBeNull();
    expect(pointAt(measure([at(1, 1)]), 5)).toEqual(at(1, 1));
    expect(part(measure([at(1, 1)]), 0, 5)).toEqual([at(1, 1), at(1, 1)]);
    expect(nearest(measure([at(1, 1), at(1, 1)]), at(1, 1))?.off).toBe(0);
  });
});

describe("progress", () => {
  const along = (...places: LngLat[]) => places.reduce<number[]>((done, p) => [...done, advance(t, done.at(-1) ?? 0, p, 8)], []).map((m) => Math.round(m));
  it("follows the line out and back, and never goes back itself", () => {
    expect(along(at(1, 0), at(2, 0.1), at(1.9, 0), at(3, 0), at(2, 0), at(0, 0), at(0, 2), at(2, 2))).toEqual([100, 200, 200, 300, 400, 600, 800, 1000]);
  });
  it("does not jump to the way back while on the way out", () => {
    expect(along(at(0.5, 0))).toEqual([50]);
  });
  it("bridges a gap, but not a leap", () => {
    expect(along(at(3, 0))).toEqual([300]);
    expect(along(at(2, 2)), "the other end of the walk").toEqual([0]);
  });
  it("ignores who is off the line", () => {
    expect(along(at(1, 1))).toEqual([0]);
  });
});

describe("the goal", () => {
  it("is the first stop's begin at the start", () => {
    expect(goal(t, 0, at(-1, 0))).toMatchObject({ index: 0, on: false, stop: { street: "First" } });
    expect(goal(t, 0, at(-1, 0))?.distance).toBeCloseTo(100, 0);
    expect(goal(t, 0, at(-1, 0))?.direction).toBeCloseTo(90, 0);
  });
  it("points ahead along the street that is walked", () => {
    const g = goal(t, 120, at(1.2, 0));
    expect(g).toMatchObject({ index: 0, on: true, distance: null });
    expect(g?.left).toBeCloseTo(180, 0);
    expect(g?.direction).toBeCloseTo(90, 0);
  });
  it("skips a street of which a corner is missing, and knows the way between streets", () => {
    expect(goal(t, 290, null)).toMatchObject({ index: 1 });
    expect(goal(t, 650, at(0, 0.5))).toMatchObject({ index: 2, on: false });
  });
  it("is nothing at the end", () => {
    expect(goal(t, 995, null)).toBeNull();
    expect(walked(t, 1000)).toBeCloseTo(1);
    expect(walked(t, 0)).toBe(0);
    expect(walked(t, 300)).toBeCloseTo(300 / 800, 2);
  });
});
