import { describe, expect, it } from "vitest";
import type { LngLat, Route } from "../../api/types";
import { cut, features, stretch } from "./layer";

const square: LngLat[] = [[0, 0], [1, 0], [1, 1], [2, 1]];
const route: Route = {
  distance_m: 300,
  duration_s: 200,
  streets_version: 1,
  geometry: { type: "LineString", coordinates: square },
  from: { at: [0, 0], street: "A", snap_m: 30 },
  to: { at: [2, 1], street: "C", snap_m: 1 },
  streets: [
    { name: "A", distance_m: 100, duration_s: 1 },
    { name: "B", distance_m: 100, duration_s: 1 },
    { name: "C", distance_m: 100, duration_s: 1 },
  ],
};

describe("cut", () => {
  it.each<[number, number, LngLat[]]>([
    [0, 1, square],
    [0, 0.5, [[0, 0], [1, 0], [1, 0.5]]],
    [0.5, 1, [[1, 0.5], [1, 1], [2, 1]]],
    [0.4, 0.6, [[1, 0.2], [1, 0.8]]],
  ])("from %d to %d", (start, end, want) => {
    const got = cut(square, start, end);
    expect(got.length).toBe(want.length);
    got.forEach((p, i) => {
      expect(p[0]).toBeCloseTo(want[i]?.[0] ?? NaN, 6);
      expect(p[1]).toBeCloseTo(want[i]?.[1] ?? NaN, 6);
    });
  });
  it("takes empty and repeated points", () => {
    expect(cut([], 0, 1)).toEqual([]);
    expect(cut([[1, 1], [1, 1]], 0, 1).every(([x]) => Number.isFinite(x))).toBe(true);
  });
});

describe("features", () => {
  const parts = (street: number | null) => features(route, { from: [0, -0.1], to: [2, 1] }, street).features.map((f) => String(f.properties?.part));
  it("draws no snap line where the point lay on the street", () => {
    expect(parts(null)).toEqual(["way", "snap"]);
  });
  it("marks the street pointed at", () => {
    expect(parts(1)).toEqual(["way", "snap", "street"]);
    expect(stretch(route, 1)).toEqual({ start: 1 / 3, end: 2 / 3 });
  });
  it("is empty without a route", () => {
    expect(features(null, { from: null, to: null }, 0).features).toEqual([]);
  });
});
