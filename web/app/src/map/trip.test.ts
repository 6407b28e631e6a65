import { describe, expect, it } from "vitest";
import type { Alert, Run, Walk } from "../live/wire";
import { alertFeatures } from "./alerts";
import { along, length, runTrip, tripFeatures, walkTrip } from "./trip";

const line: [number, number][] = [[0, 0], [0.001, 0], [0.002, 0], [0.002, 0.002]]; // 111 m, 111 m, 222 m

describe("a walk", () => {
  const walk = { line, done_m: length(line) / 4, next: 1, stops: [{ n: 1, at: [0, 0], done: true }, { n: 2, at: [0.001, 0], done: false }, { n: 3, at: [0.002, 0], done: false }] } as unknown as Walk;
  it("is solid as far as it is done and light from there", () => {
    const f = tripFeatures(walkTrip(walk)).features;
    const at = (part: string) => f.find((x) => x.properties?.part === part)?.geometry as GeoJSON.LineString;
    expect(at("done").coordinates[0]).toEqual([0, 0]);
    expect(at("done").coordinates.at(-1)?.[0]).toBeCloseTo(0.001, 9);
    expect(at("todo").coordinates[0]?.[0]).toBeCloseTo(0.001, 9);
    expect(at("todo").coordinates.at(-1)).toEqual([0.002, 0.002]);
  });
  it("numbers its stops, the next one apart", () => {
    const stops = tripFeatures(walkTrip(walk)).features.filter((x) => x.properties?.part === "stop");
    expect(stops.map((s) => [s.properties?.n as string, s.properties?.state as string])).toEqual([["1", "done"], ["2", "next"], ["3", "todo"]]);
  });
  it("that has not begun or has no line draws no done part, or nothing", () => {
    expect(tripFeatures(walkTrip({ ...walk, done_m: 0 })).features.some((x) => x.properties?.part === "done")).toBe(false);
    expect(tripFeatures(walkTrip({ ...walk, line: [] })).features).toEqual([]);
    expect(tripFeatures(null).features).toEqual([]);
  });
});

describe("a run", () => {
  const stop = (n: number, at: [number, number], leave: string) => ({ n, kind: "job", task: n, at, name: "", arrive: leave, leave, load: 1 });
  const run = { line, stops: [stop(1, [0.001, 0], "2026-03-01T08:10:00Z"), stop(2, [0.002, 0.002], "2026-03-01T08:30:00Z")] } as unknown as Run;
  it("is done up to the last stop it has left", () => {
    const trip = runTrip(run, Date.parse("2026-03-01T08:15:00Z"));
    expect(trip.done).toBeCloseTo(0.25, 6);
    expect(trip.stops.map((s) => [s.done, s.next])).toEqual([[true, false], [false, true]]);
    expect(runTrip(run, 0).done).toBe(0);
  });
  it("finds a place along its line", () => {
    expect(along(line, [0.0021, 0.0001])).toBeCloseTo(0.5, 6);
    expect(along([], [0, 0])).toBe(0);
  });
});

it("alerts stand on the map unless they are closed or their subject wears the ring", () => {
  const a = (id: number, more: Partial<Alert> = {}) => ({ id, grade: "likely", state: "open", at: [1, 2], ended: null, withdrawn: false, ...more }) as Alert;
  const over = { ended: "2026-03-01T08:00:00Z" };
  const list = [a(1), a(2, { state: "closed" }), a(3), a(4), a(5, over)];
  const shown = alertFeatures(list, (x) => x.id === 3 || x.id === 4, 4).features.map((f) => [f.id, f.properties?.chosen as boolean]);
  expect(shown).toEqual([[1, false]]);
  expect(alertFeatures(list, () => false, 5).features.map((f) => f.id)).toEqual([1, 3, 4, 5]);
});
