import { describe, expect, it } from "vitest";
import type { Closure } from "../../api/closures";
import { closureLines, closureMarks, middle, signOf } from "./layer";

const closure = (more: Partial<Closure>): Closure =>
  ({ id: 1, state: "approved", active: true, speed_kmh: null, speed_share: null, streets: { type: "MultiLineString", coordinates: [[[0, 0], [0, 1]], [[0, 0], [4, 0], [4, 4]]] }, ...more }) as Closure;

describe("signs", () => {
  it.each([
    [{}, "closed"],
    [{ speed_kmh: 10 }, "slow"],
    [{ active: false }, "later"],
    [{ active: false, state: "proposed" }, "proposed"],
  ] as const)("%o is %s", (more, sign) => expect(signOf(closure(more))).toBe(sign));
  it("leaves out what was declined", () => {
    expect(closureLines([closure({ state: "declined" })]).features).toEqual([]);
    expect(closureMarks([closure({ state: "declined" })], { label: () => "" }).features).toEqual([]);
  });
});

describe("the middle of the longest street", () => {
  it("lies on it", () => expect(middle(closure({}).streets.coordinates as [number, number][][])).toEqual([4, 0]));
  it("is nowhere without one", () => expect(middle([])).toBe(undefined));
});
