import { describe, expect, it } from "vitest";
import type { Run, Walk } from "./requests";
import { firstFree, follower, inWords, placeAt, runRow, spanOf, takes, walkRow, withPreview } from "./rows";

const at = (clock: string) => `2026-05-04T${clock}:00Z`;
const run: Run = {
  vehicle: { id: 3, plate: "TOW3", kind: "tow-truck" }, driver: { id: 9, name: "Zhao" }, shift: 5, from: at("08:00"), to: at("10:00"), end: at("10:20"),
  capacity: 2, loaded: 1, off: false, line: [], past: [{ task: 1, note: "van", at: [0, 0], began: at("08:10"), done: at("08:20") }],
  stops: [
    { n: 1, kind: "job", task: 2, site: null, state: "arrived", at: [0, 0], name: "car", arrive: at("08:40"), begin: at("08:40"), leave: at("08:50"), load: 2, late_s: 0 },
    { n: 2, kind: "site", task: null, site: 1, state: "", at: [0, 0], name: "Pound", arrive: at("09:10"), begin: at("09:10"), leave: at("09:20"), load: 0, late_s: 0 },
    { n: 3, kind: "job", task: 4, site: null, state: "sent", at: [0, 0], name: "", arrive: at("10:10"), begin: at("10:10"), leave: at("10:20"), load: 1, late_s: 1200 },
  ],
};
const walk: Walk = {
  shift: 7, person: { id: 1, name: "Li" }, team: 2, by: "foot", from: at("08:00"), to: at("09:00"), start: at("08:00"), end: at("08:55"), minutes: 55, served_m: 2, dead_m: 0, line: [],
  done_m: 1, progress: 0.5, next: 1, planned: true, behind_s: 600, off: false, calls: [], campaign: null, ordered: false, order_s: 0, pieces: 1, whole: 1,
  stops: [
    { n: 1, street: "Elm", at: [0, 0], metres: 1, eta: at("08:00"), leave: at("08:30"), from_m: 0, to_m: 1, done: true, reason: [] },
    { n: 2, street: "Oak", at: [0, 0], metres: 1, eta: at("08:30"), leave: at("08:55"), from_m: 1, to_m: 2, done: false, reason: [] },
  ],
};

it("sites are called by the reader's language", () => {
  const [, pound] = run.stops;
  const names = { en: "Pound", "zh-CN": "停车场" };
  const site = { id: 1, name: "Pound", names, at: [0, 0] as [number, number], hours: [], always: true, places: null, room: null, coming: 0, next: null };
  const board = inWords({ runs: [{ ...run, stops: pound === undefined ? [] : [{ ...pound, names }, ...run.stops] }], sites: [site] }, (n, otherwise) => n["zh-CN"] ?? otherwise);
  expect(board.sites[0]?.name).toBe("停车场");
  expect(board.runs[0]?.stops.slice(0, 2).map((s) => s.name), "a job keeps its note").toEqual(["停车场", "car"]);
});

describe("rows of a day", () => {
  it("has what is over, what is begun and what is late in a run", () => {
    const row = runRow(run);
    expect(row.items.map((i) => [i.kind, i.state, i.fixed, i.lateS])).toEqual([
      ["past", "done", true, 0], ["job", "now", true, 0], ["site", "todo", true, 0], ["job", "todo", false, 1200],
    ]);
    expect(row.lateS).toBe(1200);
    expect(firstFree(row)).toBe(2);
  });
  it("shifts the rest of a walk by what it is behind", () => {
    const row = walkRow(walk);
    expect(row.items[0]?.to).toBe(Date.parse(at("08:30")));
    expect(row.items[1]).toMatchObject({ from: Date.parse(at("08:40")), to: Date.parse(at("09:05")), state: "now", lateS: 300 });
    expect(row.lateS).toBe(300);
  });
  it("finds the place under the pointer, behind what is begun", () => {
    const row = runRow(run);
    expect(placeAt(row, Date.parse(at("07:00")))).toBe(3); // a drop-off is nobody's to order
    expect(placeAt(row, Date.parse(at("11:00")))).toBe(4);
    expect(follower(row, 2, "")?.task).toBe(4);
    expect(follower(row, 2, "job-4")).toBeNull();
  });
  it("lets streets stay with their team, and jobs with trucks that go", () => {
    const [truck, other] = [runRow(run), { ...runRow(run), id: "v4" }];
    expect(takes(other, truck)).toBe(true);
    expect(takes({ ...other, off: true }, truck)).toBe(false);
    expect(takes(walkRow(walk), truck)).toBe(false);
    expect(takes({ ...walkRow(walk), team: 3 }, walkRow(walk))).toBe(false);
  });
  it("shows what a preview changes, and all hours of it", () => {
    const unit = { unit: "v3", name: "TOW3", person: { id: 9, name: "Zhao" }, extra_s: 0, end_was: at("10:20"), end: at("11:30"), late_was_s: 1200, late_s: 5400, stops: [] };
    const [row] = withPreview([runRow(run)], { basis: "", orders: [], units: [unit], changes: [], refused: [] }, null);
    expect(row).toMatchObject({ planned: true, lateS: 5400 });
    expect(row?.items).toHaveLength(1);
    expect(spanOf(row === undefined ? [] : [row])).toEqual({ from: Date.parse(at("08:00")), to: Date.parse(at("12:00")) });
  });
});
