import "fake-indexeddb/auto";
import { afterEach, describe, expect, it } from "vitest";
import { Outbox, type WaitingFix, type WaitingStep } from "./outbox";

let n = 0;
const opened: Outbox[] = [];
async function open(name = `box${++n}`, limit?: number): Promise<[Outbox, string]> {
  const box = await Outbox.open(name, limit);
  opened.push(box);
  return [box, name];
}
afterEach(() => opened.splice(0).forEach((b) => b.close()));

const fix = (i: number, person = 9): Omit<WaitingFix, "n"> => ({ person, wall: i, t: new Date(i).toISOString(), at: [-75.5, 39.7 + i / 1e6], accuracy_m: 8 });
const step = (task: number, to: WaitingStep["to"], person = 9): Omit<WaitingStep, "n"> => ({ person, task, to, at: "2026-03-01T08:00:00Z", note: "", key: `${task}${to}` });

describe("the outbox", () => {
  it("keeps fixes and steps over a reload, in order", async () => {
    const [box, name] = await open();
    for (let i = 0; i < 5; i++) await box.addFix(fix(i));
    await box.addStep(step(1, "received"));
    await box.addStep(step(1, "arrived"));
    box.close();
    const [again] = await open(name);
    expect((await again.fixes(9, 100)).map((f) => f.wall)).toEqual([0, 1, 2, 3, 4]);
    expect((await again.steps(9)).map((s) => s.to)).toEqual(["received", "arrived"]);
    expect(await again.count(9)).toEqual({ fixes: 5, steps: 2 });
  });
  it("holds each person's own", async () => {
    const [box] = await open();
    await box.addFix(fix(1, 9));
    await box.addFix(fix(2, 10));
    await box.keep("walks:9", [1]);
    await box.keep("walks:10", [2]);
    await box.keep("map", "m");
    expect((await box.fixes(10, 5)).length).toBe(1);
    await box.forgetPerson(9);
    expect([await box.kept("walks:9"), await box.kept("walks:10"), await box.kept("map")]).toEqual([undefined, [2], "m"]);
    expect(await box.count(9), "what waits stays").toEqual({ fixes: 1, steps: 0 });
  });
  it("takes a step once, however often the thumb comes down", async () => {
    const [box] = await open();
    await Promise.all([box.addStep(step(1, "arrived")), box.addStep(step(1, "arrived")), box.addStep(step(2, "arrived"))]);
    expect((await box.steps(9)).length).toBe(2);
  });
  it("thins out the oldest fixes and never a step", async () => {
    const [box] = await open(undefined, 40);
    for (let i = 0; i < 100; i++) {
      await box.addFix(fix(i));
      if (i % 10 === 0) await box.addStep(step(i, "done"));
    }
    const left = (await box.fixes(9, 1000)).map((f) => f.wall);
    expect(left.length).toBeLessThanOrEqual(41);
    expect(left.slice(-15), "the newest are all there").toEqual(Array.from({ length: 15 }, (_, i) => 85 + i));
    expect(left[0], "and the first is").toBe(0);
    const gaps = left.slice(1).map((w, i) => w - (left[i] ?? 0));
    expect(Math.max(...gaps.slice(-15))).toBeLessThanOrEqual(Math.max(...gaps));
    expect((await box.steps(9)).length).toBe(10);
  });
  it("tells of each change", async () => {
    const [box] = await open();
    let told = 0;
    box.subscribe(() => told++);
    await box.addFix(fix(1));
    await box.forgetFixes([1]);
    await box.addStep(step(1, "done"));
    const [s] = await box.steps(9);
    if (s !== undefined) await box.refuse(s, "task.done");
    expect(told).toBe(4);
    expect(await box.count(9)).toEqual({ fixes: 0, steps: 0 });
    expect((await box.refused(9)).map((r) => r.code)).toEqual(["task.done"]);
    await box.dismissRefused(9);
    expect(await box.refused(9)).toEqual([]);
  });
});
