import { describe, expect, it } from "vitest";
import type { LngLat } from "../api/types";
import type { CalledSpot, Walk, WalkCall, WalkStop } from "../live/wire";
import { callGoal, callsNow, later, look, nextCall, skipped, type Called } from "./calls";
import { callFeatures } from "./layers";
import { goal, track } from "./walk";

// One step east or north is 100 m; times are minutes after eight in the evening.
const degree = 100 / 111_195;
const at = (east: number, north: number): LngLat => [(east * degree) / Math.cos(39.7 * (Math.PI / 180)), 39.7 + north * degree];
const minute = (m: number): number => Date.parse("2026-03-01T20:00:00Z") + m * 60_000;
const iso = (m: number): string => new Date(minute(m)).toISOString();
const stop = (n: number, street: string, begin: LngLat, metres: number): WalkStop => ({ n, street, at: begin, metres, eta: iso(0), done: false, reason: [] });
const spot = (id: number, place: LngLat, open: number, close: number, stay = 5, seen: number | null = null): CalledSpot => ({
  spot: id, name: { en: `Spot ${id}` }, theme: "stalls", at: place, open: iso(open), close: iso(close), stay_s: stay * 60, seen: seen === null ? null : iso(seen),
});
const call = (n: number, from_m: number, spots: CalledSpot[]): WalkCall => ({ n, at: spots[0]?.at ?? at(0, 0), eta: iso(0), leave: iso(5), from_m, done: false, spots });

// Along First to the east for 600 m, then up Second for 400 m; a call in the middle of
// First, which opens late, one at its end at two spots, one at the end of all.
const middle = call(1, 300, [spot(1, at(3, 0.2), 10, 60)]);
const corner = call(2, 600, [spot(2, at(6, 0), 0, 60), spot(3, at(6, 0.1), 0, 50, 3)]);
const end = call(3, 1000, [spot(4, at(6, 4), 0, 90)]);
const walk = { shift: 1, done_m: 0, line: [at(0, 0), at(6, 0), at(6, 4)], stops: [stop(1, "First", at(0, 0), 600), stop(2, "Second", at(6, 0), 400)], calls: [middle, corner, end] } as unknown as Walk;
const t = track(walk);

const then = (done: number, place: LngLat | null, m: number, called: Called = {}) => {
  const calls = callsNow(t, called, place, minute(m));
  const street = goal(t, done, place);
  const due = callGoal(t, calls, street, done, place);
  return { calls, street, due, next: nextCall(calls, done, place)?.call.n, later: later(t, calls, street, done, place, due).map((i) => i.call?.call.n ?? i.street?.stop.street) };
};

describe("a spot", () => {
  it("is seen within 40 m of it, in its hours and while one may stay", () => {
    const seen = (p: LngLat, m: number, accuracy = 10) => Object.keys(look(walk.calls, {}, p, accuracy, minute(m))).map((k) => k.split("/")[0]);
    expect(seen(at(3, 0.5), 20)).toEqual(["1"]);
    expect(seen(at(3, 0.7), 20), "50 m off").toEqual([]);
    expect(seen(at(3, 0.2), 9), "before it opens").toEqual([]);
    expect(seen(at(3, 0.2), 64), "begun in time").toEqual(["1"]);
    expect(seen(at(3, 0.2), 66), "too late").toEqual([]);
    expect(seen(at(3, 0.2), 20, 80), "a position that says nothing").toEqual([]);
    expect(seen(at(6, 0), 20), "both of one place").toEqual(["2", "3"]);
  });
  it("keeps when it was seen first, and nothing of the day before yesterday", () => {
    const once = look(walk.calls, { "9/1": minute(-60 * 40) }, at(3, 0.2), 5, minute(20));
    expect(Object.values(once)).toEqual([minute(20)]);
    expect(look(walk.calls, once, at(3, 0.2), 5, minute(25))).toBe(once);
  });
});

describe("what to do now", () => {
  it("is the street up to the call, with what comes in order", () => {
    expect(then(0, at(0, 0), 5)).toMatchObject({ due: null, next: 1, later: [1, 2, "Second", 3] });
  });
  it("is the call when one is there: first to wait, then to stay, then to go on", () => {
    expect(then(280, at(2.8, 0), 5).due).toMatchObject({ call: { state: "early", opens: minute(10), stay: 300_000 }, distance: null });
    expect(then(280, at(2.4, 0), 12).due).toMatchObject({ call: { state: "open" } });
    const called = look(walk.calls, {}, at(3, 0), 5, minute(12));
    expect(then(300, at(3, 0), 13, called).due).toMatchObject({ call: { state: "staying", until: minute(17) } });
    expect(then(300, at(3, 0), 18, called)).toMatchObject({ due: null, next: 2, later: [2, "Second", 3] });
    expect(then(400, at(4, 0), 13, called), "who goes has stayed").toMatchObject({ due: null, next: 2 });
  });
  it("takes the server's word", () => {
    const known = track({ ...walk, calls: [{ ...middle, spots: [spot(1, at(3, 0.2), 10, 60, 5, 11)] }, corner, end] });
    expect(callsNow(known, {}, null, minute(20))[0]).toMatchObject({ state: "seen", until: minute(11) });
  });
  it("is a call that was passed by once nothing else is left, and never one whose hours are over", () => {
    const calls = callsNow(t, {}, at(5, 0), minute(5));
    expect(calls.map((c) => skipped(c, 500, at(5, 0)))).toEqual([true, false, false]);
    expect(then(500, at(5, 0), 5)).toMatchObject({ due: null, next: 2 });
    const called = look(walk.calls, look(walk.calls, {}, at(6, 0), 5, minute(20)), at(6, 4), 5, minute(30));
    expect(then(1000, at(6, 4), 40, called)).toMatchObject({ street: null, due: { call: { call: { n: 1 } } } });
    expect(then(1000, at(6, 4), 80, called)).toMatchObject({ street: null, due: null, calls: [{ state: "missed" }, { state: "seen" }, { state: "seen" }] });
  });
  it("is known without a position", () => {
    expect(then(0, null, 5)).toMatchObject({ due: null, next: 1 });
    expect(then(1000, null, 20).due).toMatchObject({ call: { call: { n: 3 } }, distance: null, direction: null });
  });
  it("has each call once on the map", () => {
    const { calls } = then(0, at(0, 0), 55);
    expect(callFeatures(calls, nextCall(calls, 0, null)).features.map((f) => [f.properties?.sign as string, f.properties?.n as string])).toEqual([["spot-on", "1"], ["spot", "2"], ["spot", "3"]]);
  });
});
