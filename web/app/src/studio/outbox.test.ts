import { describe, expect, it } from "vitest";
import type { Change, Edit } from "../api/drafts";
import { Problem, Unreachable } from "../api/problem";
import { Outbox, replay, type Item, type Sender } from "./outbox";

const paint = (...units: number[]): Item => ({ edits: [{ op: "paint", units, part: 1 }] });
const tick = () => new Promise((resolve) => setTimeout(resolve, 0));

// server answers each item by its turn: a version's change, or an error.
function server(...answers: (Error | "ok")[]) {
  const sent: [number, Item][] = [];
  const seen = { took: [] as Item[], refused: [] as Item[], conflicts: 0, waits: [] as number[] };
  const sender: Sender = {
    send(version, item) {
      sent.push([version, item]);
      const answer = answers.shift() ?? "ok";
      return answer === "ok" ? Promise.resolve({ draft: { version: version + 1 } } as Change) : Promise.reject(answer);
    },
    took: (_, item) => seen.took.push(item),
    refused: (_, item) => seen.refused.push(item),
    conflict: () => seen.conflicts++,
    state: () => undefined,
    wait: (ms) => {
      seen.waits.push(ms);
      return tick().then(() => undefined);
    },
  };
  return { sent, seen, outbox: new Outbox(7, sender) };
}

async function idle(outbox: Outbox): Promise<void> {
  for (let i = 0; i < 50 && !outbox.idle; i++) await tick();
}

describe("what is done to a draft", () => {
  it("is sent one by one, each on the version before it", async () => {
    const { sent, outbox } = server();
    outbox.push(paint(1));
    outbox.push({ ask: "undo" });
    outbox.push(paint(2));
    await idle(outbox);
    expect(sent).toEqual([
      [7, paint(1)],
      [8, { ask: "undo" }],
      [9, paint(2)],
    ]);
  });

  it("waits longer and longer for a server that is away, and loses nothing", async () => {
    const { seen, outbox } = server(new Unreachable(null), new Problem(503, {}), "ok");
    outbox.push(paint(1));
    await idle(outbox);
    expect(seen.waits).toEqual([1000, 2000]);
    expect(seen.took).toEqual([paint(1)]);
  });

  it("is given up when the server refuses it, and the rest goes on", async () => {
    const { seen, outbox } = server(new Problem(422, { code: "draft.locked" }), "ok");
    outbox.push(paint(1));
    outbox.push(paint(2));
    await idle(outbox);
    expect(seen.refused).toEqual([paint(1)]);
    expect(seen.took).toEqual([paint(2)]);
  });

  it("is kept when somebody else was first, and goes on top of theirs", async () => {
    const { sent, seen, outbox } = server(new Problem(412, { code: "draft.changed" }));
    outbox.push(paint(1));
    outbox.push(paint(2));
    await tick();
    await tick();
    expect(seen.conflicts).toBe(1);
    expect(outbox.items).toEqual([paint(1), paint(2)]);
    const painted: [number[], number][] = [];
    replay(outbox.items, (units, part) => painted.push([units, part]));
    expect(painted).toEqual([[[1], 1], [[2], 1]]);
    outbox.resume(12);
    await idle(outbox);
    expect(sent.slice(1).map(([version]) => version)).toEqual([12, 13]);
  });

  it("or is forgotten, if one wishes so", async () => {
    const { sent, outbox } = server(new Problem(412, {}));
    outbox.push(paint(1));
    await tick();
    await tick();
    outbox.forget();
    outbox.resume(12);
    await idle(outbox);
    expect(sent).toHaveLength(1);
  });
});

it("other edits than paint aren't done twice on the page", () => {
  const edits: Edit[] = [{ op: "lock", part: 1, locked: true }];
  replay([{ edits }, { ask: "redo" }], () => expect.unreachable());
});
