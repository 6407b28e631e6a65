import { describe, expect, it } from "vitest";
import { toCome, unseenFeatures, walkFeatures } from "./patrol";
import type { Walk } from "./requests";

const walk = (shift: number): Walk => ({
  shift, person: { id: 1, name: "Li" }, team: 1, by: "foot", from: "", to: "", start: "", end: "", minutes: 1, served_m: 1, dead_m: 0, planned: true, behind_s: 0, off: false, calls: [], campaign: null, ordered: false, order_s: 0, pieces: 1, whole: 1,
  line: [[0, 0], [0, 0.001], [0, 0.002]], done_m: 100, progress: 0.4, next: 1,
  stops: [1, 2].map((n) => ({ n, street: "", at: [0, n / 1000] as [number, number], metres: 1, eta: "", leave: "", from_m: 0, to_m: 1, done: n === 1, reason: [] })),
});

describe("the patrol map", () => {
  it("parts a walk where its officer is", () => {
    const parts = walkFeatures([walk(1), walk(2)], null).features.map((f) => f.properties?.part as string);
    expect(parts).toEqual(["rest", "done", "rest", "done"]);
  });
  it("numbers the stops of the one that is chosen, and shows no other", () => {
    const all = walkFeatures([walk(1), walk(2)], walk(2)).features;
    expect(all.filter((f) => f.properties?.part === "stop").map((f) => [f.properties?.n as string, f.properties?.now as boolean])).toEqual([["2", true], ["1", false]]);
    expect(all.filter((f) => f.geometry.type === "LineString")).toHaveLength(2);
  });
  it("tells streets that nobody has from those whose turn is to come", () => {
    const got = unseenFeatures([{ street: "Elm", metres: 1, walk: null, eta: null, lines: [[[0, 0], [0, 1]]] }]);
    expect(got.features[0]?.properties).toEqual({ walk: false });
  });
});

describe("what is still to be seen of a walk", () => {
  it("is in order, calls among streets, each with its reason", () => {
    const w = walk(1);
    const open = w.stops.map((s) => ({ ...s, done: false, eta: `2026-03-01T08:0${s.n * 2}:00Z`, reason: [{ en: "coverage" }] }));
    const call = { n: 1, at: [0, 0] as [number, number], eta: "2026-03-01T08:03:00Z", leave: "", from_m: 0, done: false, reason: [{ en: "key spots" }], spots: [{ spot: 1, name: { en: "Market" }, theme: "", at: null, stay_s: 0, open: "", close: "", seen: null }] };
    expect(toCome({ ...w, stops: open, calls: [call] }).map((r) => [r.id, r.reason[0]?.en])).toEqual([["s1", "coverage"], ["c1", "key spots"], ["s2", "coverage"]]);
    expect(toCome({ ...w, calls: [{ ...call, done: true }] }).map((r) => r.id)).toEqual(["s2"]);
  });
});
