import type { MultiPolygon, Polygon } from "geojson";
import { describe, expect, it } from "vitest";
import { anchor, contains } from "./anchor";

const box = (w: number, s: number, e: number, n: number) => [[w, s], [e, s], [e, n], [w, n], [w, s]];
const square: Polygon = { type: "Polygon", coordinates: [box(0, 0, 2, 2)] };
const east: Polygon = { type: "Polygon", coordinates: [box(2, 0, 4, 2)] };
const north: Polygon = { type: "Polygon", coordinates: [box(0, 2, 2, 4)] };
const ringed: Polygon = { type: "Polygon", coordinates: [box(0, 0, 4, 4), box(1, 1, 3, 3)] };

describe("contains", () => {
  it.each<[string, Polygon, [number, number], boolean]>([
    ["the middle", square, [1, 1], true],
    ["outside", square, [3, 1], false],
    ["a hole", ringed, [2, 2], false],
    ["beside a hole", ringed, [0.5, 2], true],
  ])("%s", (_, area, at, want) => {
    expect(contains(area, at)).toBe(want);
  });
  it("gives each point of a border one owner: the east one, else the north one", () => {
    expect([square, east].map((a) => contains(a, [2, 1]))).toEqual([false, true]);
    expect([square, north].map((a) => contains(a, [1, 2]))).toEqual([false, true]);
  });
});

describe("anchor", () => {
  it("is the middle of a square", () => {
    const [x, y] = anchor(square);
    expect(x).toBeCloseTo(1, 1);
    expect(y).toBeCloseTo(1, 1);
  });
  it("lies inside where the middle does not: an L, a ring, two pieces", () => {
    const l: Polygon = { type: "Polygon", coordinates: [[[0, 0], [6, 0], [6, 1], [1, 1], [1, 6], [0, 6], [0, 0]]] };
    const two: MultiPolygon = { type: "MultiPolygon", coordinates: [[box(0, 0, 1, 1)], [box(5, 5, 9, 9)]] };
    for (const area of [l, ringed, two]) expect(contains(area, anchor(area))).toBe(true);
    expect(anchor(two)[0]).toBeGreaterThan(5);
  });
  it("takes what is no area", () => {
    expect(anchor({ type: "Polygon", coordinates: [] })).toEqual([0, 0]);
    expect(anchor({ type: "Polygon", coordinates: [[[1, 1], [1, 1], [1, 1]]] })).toEqual([1, 1]);
  });
});
