// The outbox: what this phone has to tell the server, and what it needs to work
// without it. Everything is written here before it is sent, and leaves when the
// server has said that it is on its disk. It outlives a reload and a killed tab.
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { LngLat } from "../api/types";

// A WaitingFix is a position that the server doesn't have yet.
export interface WaitingFix {
  n: number;
  person: number;
  wall: number; // when, by this phone's clock, ms since 1970
  t: string; // when, by the server's clock
  at: LngLat;
  accuracy_m: number;
  speed_kmh?: number;
  heading?: number;
}

export type StepTo = "received" | "arrived" | "done" | "declined";

// A WaitingStep is a step of a task that the server doesn't know of yet.
export interface WaitingStep {
  n: number;
  person: number;
  task: number;
  to: StepTo;
  at: string;
  note: string;
  key: string; // so that the server takes it once, however often it is sent
}

// A RefusedStep is one that the server didn't take; its person should know.
export interface RefusedStep extends WaitingStep {
  code: string;
}

interface Schema extends DBSchema {
  fixes: { key: number; value: WaitingFix; indexes: { person: number } };
  steps: { key: number; value: WaitingStep; indexes: { person: number } };
  refused: { key: number; value: RefusedStep; indexes: { person: number } };
  kept: { key: string; value: unknown };
}

// A shift of twelve hours at a fix each two seconds.
export const maxFixes = 20_000;

export interface Count {
  fixes: number;
  steps: number;
}

export class Outbox {
  private readonly db: IDBPDatabase<Schema>;
  private readonly limit: number;
  private readonly listeners = new Set<() => void>();

  private constructor(db: IDBPDatabase<Schema>, limit: number) {
    this.db = db;
    this.limit = limit;
  }

  static async open(name = "citygrid-phone", limit = maxFixes): Promise<Outbox> {
    const db = await openDB<Schema>(name, 1, {
      upgrade(fresh) {
        for (const store of ["fixes", "steps", "refused"] as const)
          fresh.createObjectStore(store, { keyPath: "n", autoIncrement: store !== "refused" }).createIndex("person", "person");
        fresh.createObjectStore("kept");
      },
    });
    return new Outbox(db, limit);
  }

  // subscribe hears of every change of what waits.
  subscribe(tell: () => void): () => void {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  }

  private changed(): void {
    this.listeners.forEach((tell) => tell());
  }

  async addFix(fix: Omit<WaitingFix, "n">): Promise<void> {
    const tx = this.db.transaction("fixes", "readwrite");
    await tx.store.add(fix as WaitingFix); // the store gives n
    if ((await tx.store.count()) > this.limit) {
      // Long without a signal: of the oldest half every other one goes, so the
      // track gets coarser where it is oldest and has no hole.
      let [seen, cursor] = [0, await tx.store.openCursor()];
      for (; cursor !== null && seen < this.limit / 2; cursor = await cursor.continue()) {
        if (seen % 2 === 1) await cursor.delete();
        seen++;
      }
    }
    await tx.done;
    this.changed();
  }

  // addStep has the step on the disk when it returns. Steps are never thinned out.
  async addStep(step: Omit<WaitingStep, "n">): Promise<void> {
    const tx = this.db.transaction("steps", "readwrite", { durability: "strict" });
    // Told twice by an impatient thumb it is still one step.
    const before = await tx.store.index("person").getAll(step.person);
    if (!before.some((s) => s.task === step.task && s.to === step.to)) await tx.store.add(step as WaitingStep);
    await tx.done;
    this.changed();
  }

  fixes(person: number, limit: number): Promise<WaitingFix[]> {
    return this.db.getAllFromIndex("fixes", "person", person, limit);
  }

  steps(person: number): Promise<WaitingStep[]> {
    return this.db.getAllFromIndex("steps", "person", person);
  }

  refused(person: number): Promise<RefusedStep[]> {
    return this.db.getAllFromIndex("refused", "person", person);
  }

  // retime is for fixes whose time turned out to be wrong before they were sent.
  async retime(fixes: WaitingFix[]): Promise<void> {
    const tx = this.db.transaction("fixes", "readwrite");
    await Promise.all([...fixes.map((f) => tx.store.put(f)), tx.done]);
  }

  async forgetFixes(ns: number[]): Promise<void> {
    if (ns.length === 0) return;
    const tx = this.db.transaction("fixes", "readwrite");
    await Promise.all([...ns.map((n) => tx.store.delete(n)), tx.done]);
    this.changed();
  }

  async forgetStep(n: number): Promise<void> {
    await this.db.delete("steps", n);
    this.changed();
  }

  // refuse takes a step out of the queue and keeps it to be looked at.
  async refuse(step: WaitingStep, code: string): Promise<void> {
    const tx = this.db.transaction(["steps", "refused"], "readwrite");
    await Promise.all([tx.objectStore("steps").delete(step.n), tx.objectStore("refused").put({ ...step, code }), tx.done]);
    this.changed();
  }

  async dismissRefused(person: number): Promise<void> {
    const tx = this.db.transaction("refused", "readwrite");
    for (const n of await tx.store.index("person").getAllKeys(person)) await tx.store.delete(n);
    await tx.done;
    this.changed();
  }

  async count(person: number): Promise<Count> {
    const [fixes, steps] = await Promise.all([this.db.countFromIndex("fixes", "person", person), this.db.countFromIndex("steps", "person", person)]);
    return { fixes, steps };
  }

  // keep and kept are the phone's memory of what the server last said.
  async keep(name: string, value: unknown): Promise<void> {
    await this.db.put("kept", value, name);
  }

  async kept(name: string): Promise<unknown> {
    return this.db.get("kept", name);
  }

  // forgetPerson leaves nothing of what the server said to somebody; what they
  // have yet to tell stays until they are back.
  async forgetPerson(person: number): Promise<void> {
    const tx = this.db.transaction("kept", "readwrite");
    for (const name of await tx.store.getAllKeys()) if (name.endsWith(`:${person}`)) await tx.store.delete(name);
    await tx.done;
  }

  close(): void {
    this.db.close();
  }
}
