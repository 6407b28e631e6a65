import { describe, expect, it } from "vitest";
import { asCSV, asGeoJSON, blindSpots, cellFeatures, classes, classOf, middle, ranges } from "./cells";
import type { Presence, PresenceCell } from "./requests";

const cell = (name: string, visits: number, streets_m = 0, grid = 1): PresenceCell => ({ cell: name, ring: [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]], grid, streets_m, visits, minutes: visits * 2, alerts: 0 });
const presence = (cells: PresenceCell[]): Presence => ({ from: "", to: "", resolution: 10, visits: cells.reduce((s, c) => s + c.visits, 0), alerts: 0, unseen: 0, cells, grids: [{ id: 1, code: "A", name: { en: 'The "Hill"' } }] });

describe("the coverage map", () => {
  it("parts the values into classes that are all in use, whatever they are", () => {
    for (const values of [[], [0, 0], [1], [1, 1, 1, 9], [1, 2, 3, 4, 5, 6, 7, 8], [5, 5, 5, 5, 6], Array.from({ length: 500 }, (_, i) => (i * i) % 97)]) {
      const least = classes(values);
      expect([...least].sort((a, b) => a - b)).toEqual(least);
      expect(least.length).toBeLessThanOrEqual(4);
      for (let k = 1; k <= least.length; k++) expect(values.some((v) => classOf(v, least) === k)).toBe(true);
      expect(values.every((v) => (v > 0) === classOf(v, least) > 0)).toBe(true);
    }
  });
  it("says them in numbers", () => {
    expect(ranges([1, 2, 5], String)).toEqual(["1", "2–4", "5+"]);
  });
  it("outlines where nobody was though there are streets, and only for visits", () => {
    const p = presence([cell("a", 0, 300), cell("b", 0), cell("c", 2, 100)]);
    expect(cellFeatures(p, "visits", "c").features.map((f) => [f.properties?.blind as boolean, f.properties?.chosen as boolean])).toEqual([[true, false], [false, false], [false, true]]);
    expect(cellFeatures(p, "alerts", null).features.some((f) => f.properties?.blind as boolean)).toBe(false);
  });
  it("lists blind spots by grid, the one with most streets first", () => {
    const p = presence([cell("a", 0, 100, 1), cell("b", 3, 400, 1), cell("c", 0, 500, 2), cell("d", 0, 700, 2), cell("e", 0, 0, 3)]);
    expect(blindSpots(p).map((b) => [b.grid, b.cells.map((c) => c.cell).join(""), b.of, b.streets_m])).toEqual([[2, "dc", 2, 1200], [1, "a", 2, 100]]);
  });
  it("gives the cells to spreadsheets and maps", () => {
    const p = presence([cell("a", 1, 100)]);
    expect(middle(p.cells[0] as PresenceCell)).toEqual([1, 1]);
    expect(asCSV(p, () => 'The "Hill"').split("\r\n")[1]).toBe('a,1.000000,1.000000,"The ""Hill""",1,2,0,100');
    expect(JSON.parse(asGeoJSON(p, () => "Hill"))).toMatchObject({ features: [{ properties: { cell: "a", grid: "Hill", visits: 1 }, geometry: { type: "Polygon" } }] });
  });
});
