import { describe, expect, it } from "vitest";
import type { Shift } from "../api/registers";
import { dayLines, span, strength, ticks } from "./day";

const zone = "America/New_York";
const { from, to } = span("2026-06-01", zone);
const shift = (id: number, person: number, team: number, a: string, b: string): Shift => ({ id, person, name: `P${person}`, team, vehicle: null, duty: "officer", from: a, to: b, version: 1 });
const shifts = [
  shift(1, 2, 1, "2026-06-01T16:00:00Z", "2026-06-01T22:00:00Z"), // noon to six
  shift(2, 1, 1, "2026-06-01T10:00:00Z", "2026-06-01T16:00:00Z"), // six to noon
  shift(3, 3, 0, "2026-06-01T02:00:00Z", "2026-06-01T10:00:00Z"), // from the night before
  shift(4, 4, 1, "2026-06-02T10:00:00Z", "2026-06-02T16:00:00Z"), // another day
];
const lines = dayLines(shifts, from, to, (t) => `T${t}`, "en");

describe("a day of shifts", () => {
  it("goes by team, then by when one begins, and leaves other days out", () => {
    expect(lines.map((l) => l.name)).toEqual(["P3", "P1", "P2"]);
  });
  it("cuts bars at midnight and says so", () => {
    expect(lines[0]?.bars[0]).toMatchObject({ left: 0, width: 0.25, before: true, after: false });
    expect(lines[1]?.bars[0]).toMatchObject({ left: 0.25, width: 0.25, before: false, after: false });
  });
  it("counts who works", () => {
    expect(strength(lines, 4)).toEqual([1, 1, 1, 0]);
  });
  it("has the hours of its own day, of 23 or 25 too", () => {
    expect(ticks(from, to, zone).map((x) => x.text)).toEqual(["00:00", "02:00", "04:00", "06:00", "08:00", "10:00", "12:00", "14:00", "16:00", "18:00", "20:00", "22:00"]);
    const spring = span("2026-03-08", zone);
    expect((spring.to - spring.from) / 3_600_000).toBe(23);
    expect(ticks(spring.from, spring.to, zone).map((x) => x.text)).not.toContain("02:00");
  });
});
