import { describe, expect, it } from "vitest";
import type { Plan, Station, ZoneProperties, Zones } from "../api/ground";
import { gridAt, untilChange, zonesAt } from "./ground";
import { gridAreas, gridNames } from "./grids";
import { stationMarks } from "./stations";
import { signOf, zoneAreas, zoneNames } from "./zones";

const box = (w: number, s: number, e: number, n: number) => ({ type: "Polygon" as const, coordinates: [[[w, s], [e, s], [e, n], [w, n], [w, s]]] });
const english = (names: Record<string, string>, fallback: string) => names.en ?? fallback;

const plan: Plan = {
  type: "FeatureCollection",
  plan: { id: 1, version: 3, from: "2026-01-01T00:00:00Z" },
  features: [
    { type: "Feature", geometry: box(0, 0, 1, 1), properties: { id: 4, code: "G04", name: { en: "Brandywine" }, team: 7, member: null, tasks: [] } },
    { type: "Feature", geometry: box(1, 0, 2, 1), properties: { id: 5, code: "", name: {}, team: null, member: null, tasks: [] } },
  ],
};

const zone = (o: Partial<ZoneProperties>): ZoneProperties => ({ id: 1, name: { en: "Park" }, kind: "no-dog", classes: ["dog"], active: true, next_change: null, ...o });
const zones: Zones = {
  type: "FeatureCollection",
  features: [
    { type: "Feature", geometry: box(0, 0, 1, 1), properties: zone({ id: 1, active: false, next_change: "2026-06-01T21:00:00Z" }) },
    { type: "Feature", geometry: box(0, 0, 2, 2), properties: zone({ id: 2, kind: "loading", next_change: "2026-06-01T20:00:00Z" }) },
  ],
};
const words = { name: english, starts: (iso: string) => `from ${iso.slice(11, 16)}` };

describe("grids", () => {
  it("find the one owner of a place", () => {
    expect(gridAt(plan, [0.5, 0.5])?.id).toBe(4);
    expect(gridAt(plan, [1, 0.5])?.id).toBe(5); // on the border: the east one
    expect(gridAt(plan, [5, 5])).toBeNull();
    expect(gridAt(null, [0, 0])).toBeNull();
  });
  it("put a name inside, and a number where there is none", () => {
    const names = gridNames(plan, english).features.map((f) => f.properties);
    expect(names).toEqual([
      { id: 4, code: "G04", name: "Brandywine" },
      { id: 5, code: "#5", name: "#5" },
    ]);
    expect(gridAreas(plan).features).toHaveLength(2);
    expect(gridAreas(null).features).toEqual([]);
  });
});

describe("zones", () => {
  it("are drawn by kind while they hold, grey with the next start while not", () => {
    expect(zoneAreas(zones).features.map((f) => f.properties?.sign as string)).toEqual(["off", "loading"]);
    expect(zoneNames(zones, words).features.map((f) => f.properties?.starts as string)).toEqual(["from 21:00", ""]);
    expect(signOf(zone({ active: false }))).toBe("off");
  });
  it("of a place come with those that hold first", () => {
    expect(zonesAt(zones, [0.5, 0.5]).map((z) => z.id)).toEqual([2, 1]);
    expect(zonesAt(zones, [1.5, 1.5]).map((z) => z.id)).toEqual([2]);
    expect(zonesAt(undefined, [0, 0])).toEqual([]);
  });
  it("are asked for again when the next rule begins or ends", () => {
    expect(untilChange(zones, Date.parse("2026-06-01T19:59:00Z"))).toBe(60_000);
    expect(untilChange(zones, Date.parse("2026-06-01T22:00:00Z"))).toBe(0);
    expect(untilChange(undefined, 0)).toBe(86_400_000);
  });
});

it("stations are told from pounds", () => {
  const s = (o: Partial<Station>): Station => ({ id: 1, code: "S1", name: {}, at: [1, 2], team: null, kind: "station", version: 1, ...o });
  expect(stationMarks([s({}), s({ kind: "pound", name: { en: "Pound" } })], english).features.map((f) => f.properties)).toEqual([
    { id: 1, kind: "station", name: "S1" },
    { id: 1, kind: "pound", name: "Pound" },
  ]);
});
