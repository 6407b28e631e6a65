import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { Problem, Unreachable } from "../api/problem";
import type { Fix, Task, Verdict } from "../live/wire";
import type { Anchor } from "./clock";
import { Outbox, type WaitingFix, type WaitingStep } from "./outbox";
import { batch, final, mended, Sender, wireFix } from "./sender";

let n = 0;
const task = { id: 1, seq: 5 } as Task;

// A Server takes fixes and steps as the real one does: by key, once.
class Server {
  up = true;
  offFrom = Infinity;
  busyAfter = Infinity; // fixes it takes before it wants a pause
  loses = 0; // answers that get lost on the way back
  readonly fixes = new Map<string, Fix>();
  readonly steps: WaitingStep[] = [];
  refuses = new Map<number, number>(); // status by task
  fix = (fixes: Fix[]): Promise<Verdict[]> => {
    if (!this.up) return Promise.reject(new Error("not connected"));
    const verdicts = fixes.map((f): Verdict => {
      if (this.fixes.has(f.t)) return { stored: false, why: "duplicate" };
      if (Date.parse(f.t) >= this.offFrom) return { stored: false, why: "off-shift" };
      if (this.fixes.size >= this.busyAfter) return { stored: false, why: "rate-limited" };
      this.fixes.set(f.t, f);
      return { stored: true };
    });
    return this.loses-- > 0 ? Promise.reject(new Error("the connection broke")) : Promise.resolve(verdicts);
  };
  step = (s: WaitingStep): Promise<Task> => {
    if (!this.up) return Promise.reject(new Unreachable(null));
    const status = this.refuses.get(s.task);
    if (status !== undefined) return Promise.reject(new Problem(status, { code: "task.done" }));
    if (!this.steps.some((k) => k.key === s.key)) this.steps.push(s);
    return this.loses-- > 0 ? Promise.reject(new Unreachable(null)) : Promise.resolve(task);
  };
}

async function setup(fixes = 0, anchor: Anchor | null = null) {
  const box = await Outbox.open(`sender${++n}`);
  const server = new Server();
  const off: WaitingFix[] = [];
  const sender = new Sender(box, 9, server, { anchor: () => anchor, offShift: (f) => off.push(f), stored: () => undefined, taken: () => undefined });
  for (let i = 0; i < fixes; i++) await box.addFix({ person: 9, wall: i, t: new Date(1e12 + i * 1000).toISOString(), at: [0, i / 1e5], accuracy_m: 5 });
  return { box, server, sender, off };
}
const step = (task: number, to: WaitingStep["to"]): Omit<WaitingStep, "n"> => ({ person: 9, task, to, at: "2026-03-01T08:00:00Z", note: "", key: `${task}/${to}` });

describe("fixes", () => {
  it("wait until there is a way, then all go, in batches and in order", async () => {
    const { box, server, sender } = await setup(2 * batch + 7);
    server.up = false;
    expect(await sender.sendFixes()).toBe(false);
    expect((await box.count(9)).fixes).toBe(2 * batch + 7);
    server.up = true;
    expect(await sender.sendFixes()).toBe(true);
    expect((await box.count(9)).fixes).toBe(0);
    expect([...server.fixes.keys()]).toEqual([...server.fixes.keys()].sort());
    expect(server.fixes.size).toBe(2 * batch + 7);
  });
  it("are sent again when the answer is lost, and stored once", async () => {
    const { box, server, sender } = await setup(30);
    server.loses = 1;
    expect(await sender.sendFixes()).toBe(false);
    expect((await box.count(9)).fixes).toBe(30);
    expect(await sender.sendFixes()).toBe(true);
    expect([server.fixes.size, (await box.count(9)).fixes]).toEqual([30, 0]);
  });
  it("that came too fast stay for later", async () => {
    const { box, server, sender } = await setup(20);
    server.busyAfter = 12;
    expect(await sender.sendFixes()).toBe(false);
    expect((await box.count(9)).fixes).toBe(8);
    server.busyAfter = Infinity;
    expect(await sender.sendFixes()).toBe(true);
    expect(server.fixes.size).toBe(20);
  });
  it("from off the shift are let go, and the phone is told", async () => {
    const { box, server, sender, off } = await setup(10);
    server.offFrom = 1e12 + 6000;
    await sender.sendFixes();
    expect((await box.count(9)).fixes).toBe(0);
    expect(off.map((f) => f.wall)).toEqual([9]);
  });
  it("carry no field that isn't known", () => {
    expect(wireFix({ n: 1, person: 9, wall: 0, t: "t", at: [1, 2], accuracy_m: 3, heading: 90 })).toEqual({ t: "t", at: [1, 2], accuracy_m: 3, heading: 90 });
  });
  it("ahead of the server's clock get their right time", () => {
    const f = (t: number, wall: number): WaitingFix => ({ n: 1, person: 9, wall, t: new Date(t).toISOString(), at: [0, 0], accuracy_m: 1 });
    const anchor = { server: 1_000_000, local: 500_000, speed: 10 };
    expect(mended([f(1_000_000, 0), f(1_030_000, 0)], anchor, 500_000)).toEqual([]);
    expect(mended([f(2_000_000, 499_000)], anchor, 500_000).map((m) => Date.parse(m.t))).toEqual([990_000]);
    expect(mended([f(2_000_000, 499_000)], null, 500_000)).toEqual([]);
  });
});

describe("steps", () => {
  it("go in order, each once", async () => {
    const { box, server, sender } = await setup();
    for (const to of ["received", "arrived", "done"] as const) await box.addStep(step(1, to));
    server.loses = 1;
    expect(await sender.sendSteps()).toBe(false);
    expect(await sender.sendSteps()).toBe(true);
    expect(server.steps.map((s) => s.to)).toEqual(["received", "arrived", "done"]);
    expect((await box.count(9)).steps).toBe(0);
  });
  it("that are refused don't hold up the others, and are kept to be seen", async () => {
    const { box, server, sender } = await setup();
    await box.addStep(step(1, "arrived"));
    await box.addStep(step(2, "arrived"));
    server.refuses.set(1, 409);
    expect(await sender.sendSteps()).toBe(true);
    expect(server.steps.map((s) => s.task)).toEqual([2]);
    expect((await box.refused(9)).map((s) => [s.task, s.code])).toEqual([[1, "task.done"]]);
  });
  it.each([[401, false], [403, true], [404, true], [409, true], [422, true], [429, false], [500, false], [503, false]])("a %d is final: %s", (status, want) => {
    expect(final(status)).toBe(want);
  });
});
