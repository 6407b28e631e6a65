import { describe, expect, it } from "vitest";
import type { Grade, Task, TaskState, Walk } from "../live/wire";
import { boxOf, tilesOf } from "./ahead";
import { readAnchor, secondsUntil, serverAt } from "./clock";
import { phaseAt, shiftOf, within } from "./duty";
import { worth, type Place } from "./gps";
import type { StepTo, WaitingStep } from "./outbox";
import { newest, next, recent, shown } from "./tasks";
import { compass } from "./words";
import { shellFiles } from "./worker/shell";

const task = (id: number, state: TaskState, grade: Grade | null = null, minute = 0, seq = id): Task =>
  ({ id, seq, state, sent: `2026-03-01T08:${String(minute).padStart(2, "0")}:00Z`, steps: [], about: grade === null ? null : { grade } }) as unknown as Task;
const step = (taskId: number, to: StepTo): WaitingStep => ({ n: 1, person: 9, task: taskId, to, at: "2026-03-01T08:00:00Z", note: "", key: "k" });

describe("tasks", () => {
  it("show what the phone did and the server doesn't know yet", () => {
    const [s] = shown([task(1, "sent")], [step(1, "received"), step(1, "arrived")]);
    expect(s).toMatchObject({ state: "arrived", waiting: true });
  });
  it("that were called back stay so, whatever waits", () => {
    expect(shown([task(1, "recalled")], [step(1, "arrived")])[0]?.state).toBe("recalled");
  });
  it("stand in the order of doing", () => {
    const list = [task(1, "done"), task(2, "recalled"), task(3, "sent", "possible", 1), task(4, "sent", "confirmed", 9), task(5, "sent", "confirmed", 3), task(6, "arrived", "possible", 9), task(7, "sent")];
    expect(shown(list, []).map((s) => s.task.id)).toEqual([6, 5, 4, 3, 7, 2, 1]);
  });
  it("of two lists are those that know better", () => {
    expect(newest([task(1, "sent", null, 0, 3)], [task(1, "done", null, 0, 7), task(2, "sent")]).map((t) => t.state)).toEqual(["done", "sent"]);
  });
  it("that ended before this shift are left out", () => {
    const at = Date.parse("2026-03-01T08:30:00Z");
    expect(recent([task(1, "done", null, 10), task(2, "done", null, 40), task(3, "sent", null, 10)], at).map((t) => t.id)).toEqual([2, 3]);
  });
  it.each<[TaskState, StepTo | null]>([["sent", "arrived"], ["received", "arrived"], ["arrived", "done"], ["done", null], ["recalled", null], ["declined", null]])("%s leads to %s", (state, want) => {
    expect(next(state)).toBe(want);
  });
});

describe("the server's clock", () => {
  it("runs at its own speed", () => {
    const a = readAnchor("2026-03-01T08:00:00Z", 10, 1000);
    const t = Date.parse("2026-03-01T08:00:00Z");
    expect(serverAt(a, 3000)).toBe(t + 20_000);
    expect(serverAt(a, 0), "a fix is taken before it is told").toBe(t - 10_000);
    expect(secondsUntil(a, t + 60_000, 1000)).toBe(6);
    expect(serverAt(null, 5)).toBe(5);
    expect(readAnchor("soon", 1, 0)).toBeNull();
  });
});

describe("the shift", () => {
  const w = (from: string, to: string) => ({ from: `2026-03-01T${from}:00Z`, to: `2026-03-01T${to}:00Z` }) as unknown as Walk;
  const at = (h: string) => Date.parse(`2026-03-01T${h}:00Z`);
  const all = [w("13:00", "19:00"), w("07:00", "12:00")];
  it.each([["06:00", "before", "07:00"], ["07:00", "on", "07:00"], ["11:59", "on", "07:00"], ["12:00", "before", "13:00"], ["19:00", "after", "13:00"]])("at %s is %s, of %s", (now, phase, from) => {
    const shift = shiftOf(all, [], at(now));
    expect(phaseAt(shift, at(now))).toBe(phase);
    expect(shift?.from).toBe(at(from));
    expect(within(all, shift)).toBeDefined();
  });
  it("may be none", () => {
    expect(phaseAt(shiftOf([], [], 0), 0)).toBe("none");
  });
});

describe("a position is worth telling", () => {
  const p = (wall: number, north: number): Place => ({ wall, at: [0, north / 111_195], accuracy: 9, speed: null, heading: null });
  it.each([[p(1000, 50), false], [p(2000, 1), false], [p(2000, 5), true], [p(15_000, 0), true]])("%j: %s", (after, want) => {
    expect(worth(p(0, 0), after)).toBe(want);
  });
  it("at first", () => {
    expect(worth(null, p(0, 0))).toBe(true);
  });
});

it.each([[0, "n"], [350, "n"], [44, "ne"], [90, "e"], [181, "s"], [-45, "nw"], [720, "n"]])("%d degrees is %s", (d, want) => {
  expect(compass(d)).toBe(want);
});

it("the map of a walk is a box of tiles, the coarse ones first", () => {
  expect(tilesOf([-75.56, 39.74, -75.54, 39.75], [12, 14])).toEqual(["12/1188/1554", "14/4753/6217", "14/4753/6218", "14/4754/6217", "14/4754/6218"]);
  expect(tilesOf([-76, 39, -75, 40]).length).toBe(120);
  expect(boxOf([])).toBeNull();
  expect(boxOf([[1, 2], [3, 1]], 0)).toEqual([1, 1, 3, 2]);
});

it("the shell is what the phone page needs, entry first, and no desk page", () => {
  const chunks = new Map([
    ["index.js", { imports: ["parts.js"], css: ["index.css"] }],
    ["parts.js", { imports: ["index.js"], css: ["parts.css"] }],
    ["phone.js", { imports: ["map.js", "parts.js"], css: ["phone.css"] }],
    ["map.js", { imports: [], css: [] }],
    ["desk.js", { imports: ["map.js"], css: ["desk.css"] }],
  ]);
  expect(shellFiles(chunks, "index.js", "phone.js")).toEqual(["index.js", "index.css", "parts.js", "parts.css", "phone.js", "phone.css", "map.js"]);
});
