import { describe, expect, it } from "vitest";
import type { LngLat } from "../../api/types";
import { cut, features, noRoute, stretch } from "./layer";
import { route, square } from "./testroute";

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
  const drawn = { ...noRoute, route, from: [0, -0.1] as LngLat, to: [2, 1] as LngLat };
  const parts = (more?: Partial<typeof noRoute>) => features({ ...drawn, ...more }).features.map((f) => String(f.properties?.part));
  it("draws no snap line where the point lay on the street", () => {
    expect(parts()).toEqual(["way", "snap"]);
  });
  it("marks the step pointed at", () => {
    expect(parts({ step: 1 })).toEqual(["way", "snap", "step"]);
    expect(stretch(route, 1)).toEqual({ start: 1 / 3, end: 2 / 3 });
    expect(parts({ step: 3 }), "an arrival has no length").toEqual(["way", "snap"]);
  });
  it("draws the other ways beneath the one that is picked", () => {
    const other = { ...route, geometry: { type: "LineString" as const, coordinates: [[0, 0], [2, 1]] as LngLat[] } };
    const both = { ...route, alternatives: [other] };
    expect(parts({ route: both })).toEqual(["other", "way", "snap"]);
    const picked = features({ ...drawn, route: both, pick: 1 }).features;
    expect(picked[0]?.properties).toEqual({ part: "other", way: 0 });
    expect(picked[1]?.geometry).toEqual({ type: "LineString", coordinates: [[0, 0], [2, 1]] });
  });
  it("joins points on the way to their street", () => {
    const stopped = { ...route, stops: [{ at: [1, 0.5] as LngLat, street: "B", snap_m: 20 }] };
    expect(parts({ route: stopped, via: [[1.1, 0.5]] })).toEqual(["way", "snap", "snap"]);
  });
  it("is empty without a route", () => {
    expect(features(noRoute).features).toEqual([]);
  });
});
