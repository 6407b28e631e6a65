import { describe, expect, it } from "vitest";
import type { ZoneFeature } from "../api/zones";
import { add, corners, drawnOf, geometryOf, moved, sketchOf, without, type Sketch } from "./sketch";
import { allHours, cells, fromSpec, hoursOf, noHours, painted, slots, toSpec } from "./week";

describe("a week that is painted", () => {
  const at = (day: number, hour: number) => day * slots + hour * 2;
  it("is written as people say it: over midnight, of the day it begins on", () => {
    let week = painted([...noHours], at(0, 8), at(4, 18) + 1, true); // Mo-Fr 8 to 19
    week = painted(week, at(5, 20), at(5, 23) + 1, true);
    week = painted(week, at(6, 0), at(6, 1) + 1, true);
    expect(toSpec({ periods: [{ seasons: [], week }], exceptions: [] }, "Asia/Shanghai")).toEqual({
      zone: "Asia/Shanghai",
      rules: [
        { weekdays: ["Mo", "Tu", "We", "Th", "Fr"], windows: ["08:00-19:00"] },
        { weekdays: ["Sa"], windows: ["20:00-02:00"] },
      ],
    });
    expect(toSpec({ periods: [{ seasons: [{ from: "05-01", to: "06-30" }], week: allHours }], exceptions: [] }, "UTC").rules).toEqual([{ seasons: [{ from: "05-01", to: "06-30" }], windows: ["00:00-24:00"] }]);
  });
  it("comes back as it was painted, whatever it is", () => {
    let seed = 7;
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (let round = 0; round < 200; round++) {
      let week: readonly boolean[] = round % 9 === 0 ? allHours : noHours;
      for (let i = 0; i < 6; i++) week = painted(week, Math.floor(random() * cells), Math.floor(random() * cells), random() < 0.6);
      if (hoursOf(week) === 0) continue;
      const again = fromSpec(toSpec({ periods: [{ seasons: [], week }], exceptions: [] }, "UTC"));
      expect(again?.periods[0]?.week, `round ${round}`).toEqual([...week]);
    }
  });
  it("leaves alone what cannot be painted", () => {
    for (const rule of [{ windows: ["07:15-09:00"] }, { do: "remove" as const, windows: ["07:00-09:00"] }, { nth: [1], weekdays: ["Mo"], windows: ["07:00-09:00"] }, { weekdays: ["PH"], windows: ["07:00-09:00"] }, { observe_holidays: true }])
      expect(fromSpec({ zone: "UTC", rules: [rule] })).toBeNull();
    expect(hoursOf(fromSpec({ zone: "UTC", rules: [{ windows: ["08:00-32:00"] }] })?.periods[0]?.week ?? [])).toBe(168);
  });
});

describe("a sketch", () => {
  const square: Sketch = { shape: "area", areas: [[[[0, 0], [4, 0], [4, 4], [0, 4]]]] };
  it("has holes where they are drawn inside", () => {
    const holed = add(square, [[1, 1], [2, 1], [2, 2]]);
    const two = add(holed, [[9, 9], [10, 9], [10, 10]]);
    expect(geometryOf(two)).toEqual({ type: "MultiPolygon", coordinates: [[[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], [[1, 1], [2, 1], [2, 2], [1, 1]]], [[[9, 9], [10, 9], [10, 10], [9, 9]]]] });
    const geometry = geometryOf(two);
    if (geometry === null) throw new Error("nothing is drawn");
    expect(sketchOf({ geometry, properties: { drawn: null } } as ZoneFeature)).toEqual(two);
  });
  it("is moved, bent and thinned by its corners", () => {
    const [corner, middle] = corners(square);
    if (corner === undefined || middle === undefined) throw new Error("no corners");
    expect(geometryOf(moved(square, corner, [-1, -1]))?.coordinates[0]).toEqual([[-1, -1], [4, 0], [4, 4], [0, 4], [-1, -1]]);
    expect(geometryOf(moved(square, middle, [2, -1]))?.coordinates[0]).toEqual([[0, 0], [2, -1], [4, 0], [4, 4], [0, 4], [0, 0]]);
    expect(geometryOf(without(without(square, corner), corner))).toBeNull();
    const street: Sketch = { shape: "street", lines: [[[0, 0], [1, 0], [2, 0]]], side: "left", width: 3 };
    const [first, between] = corners(street);
    if (first === undefined || between === undefined) throw new Error("no corners");
    expect(drawnOf(moved(street, between, [0.5, 1]))?.lines).toEqual([[[0, 0], [0.5, 1], [1, 0], [2, 0]]]);
    expect(drawnOf(without(without(street, first), first))).toBeNull();
    expect(drawnOf(add({ shape: "point", point: null, radius: 9 }, [[3, 4]]))).toEqual({ point: [3, 4], radius_m: 9 });
  });
});
