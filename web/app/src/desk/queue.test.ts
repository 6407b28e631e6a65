import { describe, expect, it } from "vitest";
import type { Alert } from "../live/wire";
import { after, ageParts, below, count, isFlood, isNews, news, rows, step, waiting, within } from "./queue";

const alert = (id: number, more: Partial<Alert> = {}): Alert => ({
  id, seq: id, subject: { class: "dog", id, name: `dog ${id}` }, zone: { id: 1, name: {}, kind: "no-dog" }, rule: "inside-while-active", grade: "possible", state: "open",
  began: `2026-03-01T08:${String(id).padStart(2, "0")}:00Z`, ended: null, withdrawn: false, at: [0, 0], seen: "2026-03-01T08:00:00Z", grid: null, team: null,
  sent: null, arrived: null, outcome: "", history: [], ...more,
});

const alerts = [
  alert(1),
  alert(2, { grade: "confirmed", state: "dispatched" }),
  alert(3, { grade: "confirmed", ended: "2026-03-01T09:00:00Z" }),
  alert(4, { grade: "likely" }),
  alert(5, { grade: "confirmed", state: "acknowledged" }),
  alert(6, { state: "closed", grade: "confirmed" }),
  alert(7, { zone: { id: 2, name: {}, kind: "timed" }, subject: { class: "dog", id: 1, name: "dog 1" } }),
];
const ids = (list: readonly Alert[]) => list.map((a) => a.id);

describe("the queue", () => {
  it("has first what nobody is sent to, then the surer, what lasts, the newer", () => {
    expect(ids(waiting(alerts))).toEqual([5, 3, 4, 7, 1, 2]);
  });
  it("groups stand where their worst alert would", () => {
    const lines = rows(alerts, "zone", new Set());
    expect(lines.map((r) => (r.kind === "group" ? r.key : r.alert.id))).toEqual(["z1", 5, 3, 4, 1, 2, "z2", 7]);
    const folded = rows(alerts, "zone", new Set(["z1"]));
    expect(folded.map((r) => (r.kind === "group" ? `${r.key}:${r.group.alerts.length}` : r.alert.id))).toEqual(["z1:5", "z2:1", 7]);
    expect(rows(alerts, "subject", new Set()).filter((r) => r.kind === "group")).toHaveLength(5);
  });
  it("sets what is over and nobody goes for apart, when there is much of it", () => {
    const gone = [11, 12, 13, 14].map((id) => alert(id, { grade: "confirmed", ended: "2026-03-01T09:00:00Z" }));
    const list = [alert(1), alert(2, { state: "dispatched", ended: "2026-03-01T09:00:00Z" }), ...gone];
    const keys = (turned: string[]) => rows(list, "none", new Set(turned)).map((r) => r.key);
    expect(keys([])).toEqual(["a1", "a2", "over"]);
    expect(keys(["over"])).toEqual(["a1", "a2", "over", "a14", "a13", "a12", "a11"]);
    expect(rows(list.slice(0, 5), "none", new Set(["over"])).map((r) => r.key)).toEqual(["a13", "a12", "a11", "a1", "a2"]);
  });
  it("counts", () => {
    expect(count(alerts)).toEqual({ open: 4, all: 6, worst: "confirmed" });
    expect(count([])).toEqual({ open: 0, all: 0, worst: null });
  });
});

describe("a flood", () => {
  it("is more than ten in ten minutes, until there are fewer than five", () => {
    const now = Date.parse("2026-03-01T08:21:00Z");
    const many = Array.from({ length: 20 }, (_, i) => alert(i + 1));
    expect(news(many, now)).toBe(9); // those of 08:12 to 08:20
    expect([9, 10, 11, 10, 5, 4, 10].reduce<boolean[]>((was, n) => [...was, isFlood(n, was.at(-1) ?? false)], [])).toEqual([false, false, true, true, true, false, false]);
  });
  it("folds the zones, and what one subject did in a zone is one line of it", () => {
    const again = [...alerts, alert(8, { subject: { class: "dog", id: 5, name: "dog 5" } })];
    const keys = (turned: string[]) => rows(again, "zone", new Set(turned), true).map((r) => r.key);
    expect(keys([])).toEqual(["z1", "z2"]);
    expect(keys(["z1"])).toEqual(["z1", "z1/dog5", "a3", "a4", "a1", "a2", "z2"]);
    expect(keys(["z1", "z1/dog5"])).toEqual(["z1", "z1/dog5", "a5", "a8", "a3", "a4", "a1", "a2", "z2"]);
  });
  it("J and K go into the folded groups", () => {
    const list = rows(alerts, "zone", new Set(["z2"]), true);
    expect(below(list, null, 1)?.key).toBe("z1");
    expect(below(list, 7, -1)?.key).toBe("z1");
    expect(below(list, 7, 1)).toBeNull();
    const [zone] = rows([...alerts, alert(8, { subject: { class: "dog", id: 5, name: "" } })], "zone", new Set(), true);
    expect(zone?.kind === "group" && zone.group.alerts.slice(0, 2).map((a) => within(zone.group, a))).toEqual(["z1/dog5", null]);
    expect(below(rows(alerts, "none", new Set()), 5, 1)).toBeNull();
  });
});

describe("J and K", () => {
  const list = rows(alerts, "zone", new Set());
  it("go over group heads and stay at the ends", () => {
    expect(step(list, 2, 1)?.id).toBe(7);
    expect(step(list, 7, 1)?.id).toBe(7);
    expect(step(list, 7, -1)?.id).toBe(2);
    expect(step(list, 5, -1)?.id).toBe(5);
  });
  it("begin at the top or the bottom when nothing is marked, or what was has gone", () => {
    expect(step(list, null, 1)?.id).toBe(5);
    expect(step(list, 99, -1)?.id).toBe(7);
    expect(step([], null, 1)).toBeNull();
  });
  it("the mark goes on when an alert is closed", () => {
    expect(after(list, 5)).toBe(3);
    expect(after(list, 7)).toBe(2);
    expect(after(rows([alert(1)], "none", new Set()), 1)).toBeNull();
  });
});

describe("the tone", () => {
  it("is for likely and confirmed alerts that are new or have become so", () => {
    expect(isNews(alert(1), undefined)).toBe(false);
    expect(isNews(alert(1, { grade: "likely" }), undefined)).toBe(true);
    expect(isNews(alert(1, { grade: "likely" }), alert(1))).toBe(true);
  });
  it("is not for repeats, for what somebody handles, or what is over", () => {
    expect(isNews(alert(1, { grade: "confirmed" }), alert(1, { grade: "likely" }))).toBe(false);
    expect(isNews(alert(1, { grade: "likely", state: "acknowledged" }), undefined)).toBe(false);
    expect(isNews(alert(1, { grade: "likely", withdrawn: true }), undefined)).toBe(false);
  });
});

it.each([
  [-5, { s: 0 }],
  [12_900, { s: 12 }],
  [89_999, { s: 89 }],
  [90_000, { min: 1 }],
  [3_600_000, { h: 1, min: 0 }],
  [7_500_000, { h: 2, min: 5 }],
])("%d ms is %j", (ms, want) => {
  expect(ageParts(ms)).toEqual(want);
});
