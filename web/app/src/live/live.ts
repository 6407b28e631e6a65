// Live is everything a page knows of what goes on: units, alerts and tasks, the
// server's clock and how fresh all of it is. One for the page; React and the map
// both look at it.
import { Clock } from "./clock";
import { Counts } from "./counts";
import { Kept } from "./kept";
import { Lags } from "./lags";
import { Socket, type SocketOptions, type SocketState } from "./socket";
import { Trails } from "./trails";
import { Units } from "./units";
import type { Alert, Fix, FromServer, Look, Task, ToServer, Verdict } from "./wire";

// A Pulse is the state of the line as the strip shows it.
export interface Pulse {
  phase: SocketState["phase"];
  quiet: boolean; // open, but nothing has come for too long: don't trust it
  behind: boolean;
  since: number; // when it went quiet or was lost or came back, by the server's clock, ms since 1970
  lagMs: number | null; // age of the last word from the server, there and back
  tries: number;
}

// stale says whether positions may not be shown as present ones.
export const stale = (p: Pulse): boolean => p.phase !== "open" || p.quiet;

export interface LiveOptions extends SocketOptions {
  binary?: boolean;
  look?: Look | null;
  ticks?: () => number;
}

const pingMs = 4000;
const quietMs = 9000; // two pings unanswered
const closedKept = 200; // closed alerts and ended tasks that stay in memory

export class Live {
  readonly clock: Clock;
  readonly units: Units;
  readonly counts = new Counts();
  readonly trails: Trails;
  readonly lags: Lags;
  readonly alerts = new Kept<Alert>();
  readonly tasks = new Kept<Task>();
  // Where we are in the order of changes; see the protocol.
  private since: number | null = null;
  private scope: string | null = null;
  private welcomeSeq = 0;
  private welcomed = false;
  private look: Look | null;
  private readonly binary: boolean;
  private readonly ticks: () => number;
  private readonly socket: Socket;
  private pulseNow: Pulse = { phase: "waiting", quiet: false, behind: false, since: Date.now(), lagMs: null, tries: 0 };
  private readonly pulseListeners = new Set<() => void>();
  private heard = 0; // when the last message came, ours
  private timer: ReturnType<typeof setInterval> | undefined;
  private pings = new Map<number, number>();
  private pingN = 0;
  private fixN = 0;
  private readonly fixes = new Map<number, { resolve: (v: Verdict[]) => void; reject: (e: Error) => void }>();
  onEnded: () => void = () => undefined; // the session is over
  onStreets: () => void = () => undefined; // closures began, ended or changed, or may have
  onPlan: () => void = () => undefined; // another plan of the ground holds, or may
  onRefused: () => void = () => undefined; // a try was turned down: look whether it is

  constructor(o: LiveOptions = {}) {
    this.ticks = o.ticks ?? (() => performance.now());
    this.clock = new Clock(this.ticks);
    this.units = new Units(this.ticks);
    this.trails = new Trails(this.units);
    this.lags = new Lags(this.ticks);
    this.binary = o.binary ?? false;
    this.look = o.look ?? null;
    this.socket = new Socket(
      {
        hello: () => this.hello(),
        message: (m) => this.take(m),
        positions: (p, ms) => {
          this.heard = this.ticks();
          this.came(p.map((x) => x.ms), ms);
          this.units.move(p);
        },
        counts: (c) => {
          this.heard = this.ticks();
          this.counts.take(c);
        },
        state: (s) => this.phase(s),
        refused: () => this.onRefused(),
      },
      o,
    );
  }

  start(): void {
    this.socket.start();
    clearInterval(this.timer);
    this.timer = setInterval(() => this.beat(), pingMs);
    if (typeof window !== "undefined") window.addEventListener("online", this.socket.retry);
  }

  stop(): void {
    clearInterval(this.timer);
    if (typeof window !== "undefined") window.removeEventListener("online", this.socket.retry);
    this.socket.stop();
  }

  retry = (): void => this.socket.retry();

  // again dials anew after the session of the last connection ended.
  again(): void {
    this.socket.stop();
    this.socket.start();
  }

  // see tells the server what the map shows; call it when a pan or zoom has ended.
  see(look: Look): void {
    this.look = look;
    this.socket.send({ type: "view", view: look });
  }

  // fix sends positions of this phone. It rejects when the connection is away or
  // breaks before they are stored: then they must be sent again.
  fix(fixes: Fix[]): Promise<Verdict[]> {
    const n = ++this.fixN;
    return new Promise((resolve, reject) => {
      if (!this.socket.send({ type: "fix", n, fixes })) reject(new Error("not connected"));
      else this.fixes.set(n, { resolve, reject });
    });
  }

  pulse = (): Pulse => this.pulseNow;

  onPulse = (tell: () => void): (() => void) => {
    this.pulseListeners.add(tell);
    return () => this.pulseListeners.delete(tell);
  };

  private hello(): ToServer {
    return {
      type: "hello",
      ...(this.since === null || this.scope === null ? {} : { since: this.since, scope: this.scope }),
      ...(this.look === null ? {} : { view: this.look }),
      ...(this.binary ? { binary: true, counts: true } : {}),
    };
  }

  private take(m: FromServer): void {
    this.heard = this.ticks();
    switch (m.type) {
      case "welcome":
        this.clock.tell(m.now, m.speed);
        this.welcomeSeq = m.seq;
        this.scope = m.scope;
        this.onStreets();
        if (this.welcomed) this.onPlan(); // at first who shows it asks by himself
        this.welcomed = true;
        this.beat();
        break;
      case "snapshot":
        this.lists(m.alerts, m.tasks);
        this.counts.snapshot(m.counted === true);
        this.units.snapshot(m.units);
        break;
      case "units":
        // Only what moved: the others have an old position and something else that is new.
        this.came(m.units.map((u) => Date.parse(u.t)).filter((ms, i) => ms > (this.units.get(m.units[i]?.id ?? "")?.ms ?? Infinity)), Date.parse(m.t));
        this.units.put(m.units);
        break;
      case "streets":
        this.onStreets();
        break;
      case "plan":
        this.onPlan();
        break;
      case "gone":
        this.units.gone(m.units);
        break;
      case "alert":
        this.alerts.put(m.alert);
        this.dealt(m.seq);
        break;
      case "task":
        this.tasks.put(m.task);
        this.dealt(m.seq);
        break;
      case "pong": {
        const sent = this.pings.get(m.n);
        this.pings.delete(m.n);
        if (sent !== undefined) {
          this.clock.tell(m.now, this.clock.speed, sent);
          this.show({ lagMs: this.ticks() - sent });
        }
        break;
      }
      case "stored":
        this.fixes.get(m.n)?.resolve(m.verdicts);
        this.fixes.delete(m.n);
        break;
      case "error":
        if (m.to === "fix") this.failFixes(m.what);
        break;
      case "bye":
        break; // the close frame that follows says the same
    }
    if (this.pulseNow.quiet) this.show({ quiet: false });
  }

  private came(fixed: readonly number[], made: number): void {
    const age = (ms: number) => this.clock.real(this.clock.now() - ms);
    this.lags.came(fixed.map(age), fixed.length === 0 ? null : age(made));
  }

  private lists(alerts: Alert[] | null | undefined, tasks: Task[] | null | undefined): void {
    // Either is there, or neither: a list nobody may see is empty or left out.
    if ((alerts ?? null) === null && (tasks ?? null) === null) return;
    this.alerts.replace(alerts ?? [], this.welcomeSeq);
    this.tasks.replace(tasks ?? [], this.welcomeSeq);
    this.since = this.welcomeSeq;
  }

  private dealt(seq: number): void {
    this.since = Math.max(this.since ?? 0, seq);
    this.alerts.trim((a) => a.state === "closed", closedKept);
    this.tasks.trim((t) => t.state === "done" || t.state === "declined" || t.state === "recalled", closedKept);
  }

  private phase(s: SocketState): void {
    if (s.phase !== "open") {
      this.pings.clear();
      this.failFixes("the connection broke");
    }
    if (s.phase === "ended") this.onEnded();
    this.show({ phase: s.phase, behind: s.behind, tries: s.tries, quiet: false, ...(s.phase === "open" ? {} : { lagMs: null }) });
  }

  private failFixes(why: string): void {
    const waiting = [...this.fixes.values()];
    this.fixes.clear();
    waiting.forEach((f) => f.reject(new Error(why)));
  }

  // beat asks for a sign of life, for a browser does not tell pages of pings.
  private beat(): void {
    if (this.socket.state.phase !== "open") return;
    const now = this.ticks();
    const silence = now - this.heard;
    if (silence > quietMs) {
      this.show({ quiet: true });
      if (silence > 3 * quietMs) {
        this.heard = now;
        this.socket.cut();
        return;
      }
    }
    const n = ++this.pingN;
    if (this.pings.size > 20) this.pings.clear();
    this.pings.set(n, now);
    this.socket.send({ type: "ping", n });
  }

  private show(next: Partial<Pulse>): void {
    const was = this.pulseNow;
    const now = { ...was, ...next };
    if (stale(was) !== stale(now)) now.since = this.clock.now();
    this.pulseNow = now;
    this.pulseListeners.forEach((tell) => tell());
  }
}
