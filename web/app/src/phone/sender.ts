// The sender empties the outbox, in order, whenever there is a way to the server:
// positions over the socket in batches, steps of tasks one after the other.
import { Problem } from "../api/problem";
import type { Fix, Task, Verdict } from "../live/wire";
import { serverAt, type Anchor } from "./clock";
import type { Outbox, WaitingFix, WaitingStep } from "./outbox";

export interface Ways {
  fix(fixes: Fix[]): Promise<Verdict[]>; // rejects when it can't be known that they are stored
  step(step: WaitingStep): Promise<Task>; // throws Problem for a refusal, else nobody answered
}

export interface News {
  anchor(): Anchor | null;
  offShift(fix: WaitingFix): void; // the server doesn't want positions taken then
  stored(n: number): void;
  taken(task: Task): void;
}

export const batch = 100; // fixes in a message: some 12 KiB, well under what a socket takes
const patienceMs = 20_000;
const aheadMs = 60_000;

// wireFix is a fix as it travels.
export function wireFix({ t, at, accuracy_m, speed_kmh, heading }: WaitingFix): Fix {
  return {
    t,
    at,
    accuracy_m,
    ...(speed_kmh === undefined ? {} : { speed_kmh }),
    ...(heading === undefined ? {} : { heading }),
  };
}

// again says whether a refused fix may be stored later. All else is final: the
// server has it, or never wants it.
export const again = (v: Verdict): boolean => !v.stored && v.why === "rate-limited";

// mended gives fixes that lie ahead of the server's clock their right time. It
// happens when the server's clock stood still, as a demo's does, or ours was set.
export function mended(fixes: WaitingFix[], anchor: Anchor | null, local: number): WaitingFix[] {
  if (anchor === null) return [];
  const now = serverAt(anchor, local);
  return fixes.filter((f) => Date.parse(f.t) > now + aheadMs).map((f) => ({ ...f, t: new Date(Math.min(now, serverAt(anchor, f.wall))).toISOString() }));
}

export class Sender {
  private busyFixes = false;
  private busySteps = false;

  constructor(
    private readonly outbox: Outbox,
    private readonly person: number,
    private readonly ways: Ways,
    private readonly news: News,
  ) {}

  // sendFixes sends all that wait, oldest first. It says whether nothing waits
  // any more; if not, try again a little later.
  async sendFixes(): Promise<boolean> {
    if (this.busyFixes) return true;
    this.busyFixes = true;
    try {
      for (;;) {
        const fixes = await this.outbox.fixes(this.person, batch);
        if (fixes.length === 0) return true;
        if (!(await this.sendBatch(fixes))) return false;
      }
    } finally {
      this.busyFixes = false;
    }
  }

  private async sendBatch(waiting: WaitingFix[]): Promise<boolean> {
    const late = mended(waiting, this.news.anchor(), Date.now());
    if (late.length > 0) await this.outbox.retime(late);
    const fixes = waiting.map((f) => late.find((l) => l.n === f.n) ?? f);
    let verdicts: Verdict[];
    try {
      verdicts = await inTime(this.ways.fix(fixes.map(wireFix)));
    } catch {
      return false;
    }
    const settled = fixes.filter((_, i) => verdicts[i] !== undefined && !again(verdicts[i]));
    await this.outbox.forgetFixes(settled.map((f) => f.n));
    this.news.stored(verdicts.filter((v) => v.stored || v.why === "duplicate").length);
    const off = fixes.findLast((_, i) => verdicts[i]?.why === "off-shift");
    if (off !== undefined) this.news.offShift(off);
    return settled.length === fixes.length;
  }

  // sendSteps tells the steps in the order they were taken. A step that is
  // refused doesn't hold up those behind it, one that nobody answered does.
  async sendSteps(): Promise<boolean> {
    if (this.busySteps) return true;
    this.busySteps = true;
    try {
      for (;;) {
        const [step] = await this.outbox.steps(this.person);
        if (step === undefined) return true;
        try {
          const task = await inTime(this.ways.step(step));
          await this.outbox.forgetStep(step.n);
          this.news.taken(task);
        } catch (e) {
          if (!(e instanceof Problem) || !final(e.status)) return false;
          await this.outbox.refuse(step, e.code);
        }
      }
    } finally {
      this.busySteps = false;
    }
  }
}

// final says whether asking again could not help: the server has understood and
// won't. A session that ended comes back, a busy server too.
export function final(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status);
}

function inTime<T>(asked: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), patienceMs);
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
