// The Outbox sends what was done to a draft, one thing at a time and in order,
// each on the version that the one before made. What the server hasn't taken yet
// stays in it: over a lost line, and over somebody else's change.
import type { Change, Edit, ProposalForm } from "../api/drafts";
import { Problem, Unreachable } from "../api/problem";

export type Item = { edits: Edit[] } | { ask: "undo" | "redo" } | { accept: ProposalForm & { seed: number } };

export interface Sender {
  send: (version: number, item: Item) => Promise<Change>;
  took: (change: Change, item: Item) => void;
  refused: (error: Problem, item: Item) => void; // the item is given up
  conflict: (error: Problem) => void; // sending stops until resume
  state: () => void; // busy, waiting or the number of items changed
  wait: (ms: number) => Promise<void>;
}

const longestWaitMs = 15_000;

export class Outbox {
  version: number;
  items: Item[] = [];
  busy = false; // something is on its way
  cut = false; // the server doesn't answer; it is tried again
  stopped = false; // somebody else changed the draft
  private readonly sender: Sender;
  private closed = false;

  constructor(version: number, sender: Sender) {
    this.version = version;
    this.sender = sender;
  }

  get idle(): boolean {
    return this.items.length === 0 && !this.busy;
  }

  push(item: Item): void {
    this.items.push(item);
    this.sender.state();
    void this.run();
  }

  // resume goes on after a conflict, on the version that was read since.
  resume(version: number): void {
    this.version = version;
    this.stopped = false;
    this.sender.state();
    void this.run();
  }

  // forget gives up what wasn't sent.
  forget(): void {
    this.items = [];
    this.sender.state();
  }

  close(): void {
    this.closed = true;
  }

  private async run(): Promise<void> {
    if (this.busy || this.stopped || this.closed) return;
    this.busy = true;
    let tries = 0;
    for (let item = this.items[0]; item !== undefined && !this.halted(); item = this.items[0]) {
      this.sender.state();
      try {
        const change = await this.sender.send(this.version, item);
        if (this.halted()) break;
        this.version = change.draft.version;
        this.items.shift();
        this.cut = false;
        tries = 0;
        this.sender.took(change, item);
      } catch (error) {
        if (this.halted()) break;
        if (error instanceof Problem && error.status === 412) {
          this.stopped = true;
          this.busy = false;
          this.sender.conflict(error);
          break;
        }
        if (error instanceof Problem && error.status < 500 && error.status !== 429 && error.status !== 408) {
          this.items.shift();
          this.sender.refused(error, item);
          continue;
        }
        this.cut = error instanceof Unreachable || error instanceof Problem;
        this.sender.state();
        await this.sender.wait(Math.min(longestWaitMs, 1000 * 2 ** tries++));
      }
    }
    this.busy = false;
    this.sender.state();
  }

  private halted(): boolean {
    return this.closed || this.stopped;
  }
}

// replay gives the paint edits that wait: they hold on any version, as long as their
// unit grids and parts are still there.
export function replay(items: readonly Item[], paint: (units: number[], part: number) => void): void {
  for (const item of items) if ("edits" in item) for (const e of item.edits) if (e.op === "paint") paint(e.units, e.part);
}
