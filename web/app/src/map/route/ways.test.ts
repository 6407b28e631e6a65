import { describe, expect, it } from "vitest";
import type { LngLat } from "../../api/types";
import { mainStreet, placeOf, wayOf, waysOf, type Way } from "./ways";
import { route } from "./testroute";

const way = (...names: [string, number][]): Way => ({
  distance_m: 1,
  duration_s: 1,
  geometry: { type: "LineString", coordinates: [] },
  steps: [],
  streets: names.map(([name, distance_m]) => ({ name, distance_m, duration_s: 1 })),
});

describe("ways", () => {
  it("are the best one and the others; a pick that is gone is the best one", () => {
    const other = way(["D", 1]);
    const all = { ...route, alternatives: [other] };
    expect(waysOf(all)).toEqual([all, other]);
    expect(wayOf(all, 1)).toBe(other);
    expect(wayOf(route, 1)).toBe(route);
    expect(wayOf(null, 0)).toBeNull();
  });
  it("are told apart by the longest street of their own", () => {
    const a = way(["Main", 900], ["Oak", 100], ["Elm", 200]);
    const b = way(["Main", 900], ["Pine", 50], ["", 400]);
    expect(mainStreet(a, [a, b])).toBe("Elm");
    expect(mainStreet(b, [a, b])).toBe("Pine");
    expect(mainStreet(b, [b])).toBe("Main");
    expect(mainStreet(way(["", 3]), [])).toBe("");
  });
});

describe("a point pulled out of the line", () => {
  const line: LngLat[] = [[0, 0], [1, 0], [2, 0], [2, 1]];
  const stops: LngLat[] = [[1, 0], [2, 0.5]];
  it.each<[LngLat, number]>([[[0.5, 0.1], 0], [[1.5, 0], 1], [[2, 0.9], 2]])("at %j goes behind %d others", (at, want) => {
    expect(placeOf(line, stops, at)).toBe(want);
  });
});
