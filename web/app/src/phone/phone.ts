// A Phone is one person's phone page at work: their shift, walk or run, tasks,
// own position and outbox. It has the page's state; React only shows it.
import type { LngLat, MapInfo } from "../api/types";
import type { Live } from "../live/live";
import type { Run, Task, Walk } from "../live/wire";
import { look, type Called } from "./calls";
import { serverAt, type Anchor } from "./clock";
import { atCampaign, isCampaign, phaseAt, shiftOf, within, type Shift } from "./duty";
import { watch, worth, type Place, type Trouble } from "./gps";
import type { Count, Outbox, RefusedStep, StepTo, WaitingStep } from "./outbox";
import { Sender } from "./sender";
import { newest, recent } from "./tasks";
import { advance, track, type Track } from "./walk";
import { keepAwake } from "./wake";
import { readMap, readRuns, readTasks, readWalks, tellStep } from "./wire";

// Why positions are not taken, when somebody might expect it.
export type Stopped = "off-shift" | "over" | "self" | null;

export interface State {
  ready: boolean; // what the phone remembers has been read
  fresh: boolean; // the server has told this page what is due now
  alone: boolean; // no other tab of this phone is at work
  sharing: boolean;
  stopped: Stopped;
  place: Place | null;
  gps: Trouble | null;
  awake: boolean;
  waiting: Count;
  steps: readonly WaitingStep[];
  refused: readonly RefusedStep[];
  walks: readonly Walk[];
  runs: readonly Run[];
  tasks: readonly Task[];
  dismissed: readonly number[]; // ended tasks that were put away
  map: MapInfo | null;
  shift: Shift | null;
  walk: Track | null;
  run: Run | null;
  done: number; // metres of the walk's line that are behind
  called: Called; // the spots at which the phone itself was
}

const start: State = {
  ready: false, fresh: false, alone: true, sharing: false, stopped: null, place: null, gps: null, awake: false, waiting: { fixes: 0, steps: 0 },
  steps: [], refused: [], walks: [], runs: [], tasks: [], dismissed: [], map: null, shift: null, walk: null, run: null, done: 0, called: {},
};

const readEveryMs = 45_000;
const pumpEveryMs = 5_000;
const keptTasksMs = 12 * 3_600_000; // of the server's time

interface KeptDuty {
  until: number;
}

interface KeptDone {
  walk: string;
  done: number;
}

// walkKey tells one planned walk from the next one of the same shift.
const walkKey = (t: Track): string => `${t.walk.shift}/${t.walk.line.length}/${Math.round(t.line.length)}`;

export class Phone {
  private state: State = start;
  private readonly listeners = new Set<() => void>();
  private readonly ends: (() => void)[] = [];
  private anchor: Anchor | null = null;
  private last: Place | null = null; // the last place that was kept
  private stopWatch: (() => void) | null = null;
  private readonly sender: Sender;
  private running = false;
  private arrived: (t: Task) => void = () => undefined;

  constructor(
    private readonly outbox: Outbox,
    private readonly live: Live,
    readonly person: number,
    private readonly may: { walks: boolean; runs: boolean },
  ) {
    this.sender = new Sender(outbox, person, { fix: (f) => live.fix(f), step: tellStep }, {
      anchor: () => this.clock(),
      offShift: (fix) => this.offShift(Date.parse(fix.t)),
      stored: () => undefined,
      taken: (t) => live.tasks.put(t),
    });
  }

  get = (): State => this.state;

  subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  };

  // onTask hears of tasks that are new to this phone.
  onTask(hear: (t: Task) => void): void {
    this.arrived = hear;
  }

  private set(next: Partial<State>): void {
    this.state = { ...this.state, ...next };
    this.listeners.forEach((tell) => tell());
  }

  // now is the server's time, ms since 1970.
  now = (): number => serverAt(this.clock(), Date.now());

  speed = (): number => this.clock()?.speed ?? 1;

  private clock(): Anchor | null {
    const { clock } = this.live;
    if (clock.set && this.live.pulse().phase === "open") this.anchor = { server: clock.now(), local: Date.now(), speed: clock.speed };
    return this.anchor;
  }

  // begin starts the page's work; the return ends it.
  begin(): () => void {
    this.running = true;
    void this.remember().then(() => {
      if (!this.running) return;
      this.ends.push(
        this.live.onPulse(() => this.pulsed()),
        this.live.tasks.subscribe(() => this.takeTasks(this.live.tasks.list())),
        this.live.tasks.watch((now, before) => {
          if (before === undefined && now.state === "sent") this.arrived(now);
        }),
        this.outbox.subscribe(() => void this.counted()),
        this.every(readEveryMs, () => void this.read()),
        this.every(pumpEveryMs, () => this.pump()),
        this.every(1000, () => this.tick()),
        claimTab((alone) => {
          this.set({ alone });
          if (alone) this.resume();
        }),
      );
      const back = () => {
        if (document.visibilityState === "visible") void this.read();
      };
      document.addEventListener("visibilitychange", back);
      this.ends.push(() => document.removeEventListener("visibilitychange", back));
      void this.counted();
      void this.read();
      this.pump();
    });
    return () => {
      this.running = false;
      this.ends.splice(0).forEach((end) => end());
      this.stopWatch?.();
      this.stopWatch = null;
    };
  }

  private every(ms: number, job: () => void): () => void {
    const timer = setInterval(job, ms);
    return () => clearInterval(timer);
  }

  private key(name: string): string {
    return `${name}:${this.person}`;
  }

  private async remember(): Promise<void> {
    const get = async <T>(name: string, otherwise: T): Promise<T> => ((await this.outbox.kept(this.key(name))) as T | undefined) ?? otherwise;
    this.anchor ??= ((await this.outbox.kept("anchor")) as Anchor | undefined) ?? null;
    const map = ((await this.outbox.kept("map")) as MapInfo | undefined) ?? null;
    const [walks, runs, tasks, dismissed] = await Promise.all([get<Walk[]>("walks", []), get<Run[]>("runs", []), get<Task[]>("tasks", []), get<number[]>("dismissed", [])]);
    const duty = await get<KeptDuty | null>("duty", null);
    const called = await get<Called>("called", {});
    this.set({ map, called, walks: walks.map(complete), runs, tasks: newest(tasks, this.live.tasks.list()), dismissed, sharing: duty !== null && this.now() < duty.until });
    await this.place();
    this.set({ ready: true });
  }

  // place finds the walk, the run and the shift that hold now.
  private async place(): Promise<void> {
    const { walks, runs, walk: before } = this.state;
    // A campaign's hours are no shift: what is shared, and until when, goes by that.
    const beats = walks.filter((w) => !isCampaign(w));
    const shift = shiftOf(beats, runs, this.now());
    const found = atCampaign(walks, this.now()) ?? within(beats, shift);
    const walk = found?.planned !== true ? null : before?.walk === found ? before : track(found);
    let done = walk === null ? 0 : walk.walk.done_m;
    if (walk !== null) {
      const kept = (await this.outbox.kept(this.key("done"))) as KeptDone | undefined;
      if (kept?.walk === walkKey(walk)) done = Math.max(done, kept.done);
    }
    this.set({ shift, walk, run: within(runs, shift) ?? null, done });
  }

  // read asks the server for what is due; what it can't tell stays as it was.
  private async read(): Promise<void> {
    const quiet = <T>(asked: Promise<T>): Promise<T | null> => asked.catch(() => null);
    const [walks, runs, tasks, map] = await Promise.all([
      this.may.walks ? quiet(readWalks()) : null,
      this.may.runs ? quiet(readRuns()) : null,
      quiet(readTasks()),
      quiet(readMap()),
    ]);
    if (!this.running) return;
    const mine = <T extends Walk | Run>(list: T[]) => list.filter((w) => ("person" in w ? w.person : w.driver).id === this.person);
    if (walks !== null) this.keep("walks", mine(walks));
    if (runs !== null) this.keep("runs", mine(runs));
    if (map !== null && map.id !== this.state.map?.id) {
      this.set({ map });
      void this.outbox.keep("map", map);
    }
    if (tasks !== null) this.takeTasks(tasks);
    if (walks !== null || runs !== null) this.set({ fresh: true });
    const anchor = this.clock();
    if (anchor !== null) void this.outbox.keep("anchor", anchor);
    await this.place();
  }

  private keep<K extends "walks" | "runs">(name: K, value: State[K]): void {
    if (JSON.stringify(value) === JSON.stringify(this.state[name])) return;
    this.set({ [name]: value });
    void this.outbox.keep(this.key(name), value);
  }

  private takeTasks(tasks: readonly Task[]): void {
    const own = recent(newest(this.state.tasks, tasks.filter((t) => t.person.id === this.person)), this.now() - keptTasksMs);
    if (own.length === this.state.tasks.length && own.every((t, i) => t === this.state.tasks[i])) return;
    this.set({ tasks: own });
    void this.outbox.keep(this.key("tasks"), own);
  }

  private async counted(): Promise<void> {
    const [waiting, steps, refused] = await Promise.all([this.outbox.count(this.person), this.outbox.steps(this.person), this.outbox.refused(this.person)]);
    this.set({ waiting, steps, refused });
  }

  private pulsed(): void {
    if (this.live.pulse().phase !== "open" || this.connected) {
      this.connected = this.live.pulse().phase === "open";
      return;
    }
    this.connected = true;
    void this.read();
    this.pump();
  }
  private connected = false;

  // pump sends what waits, if there is a way.
  private pump(): void {
    if (!this.state.alone) return;
    if (this.state.waiting.steps > 0 || this.state.steps.length > 0) void this.sender.sendSteps();
    if (this.live.pulse().phase === "open") void this.sender.sendFixes();
  }

  private tick(): void {
    const { sharing, shift } = this.state;
    if (sharing && phaseAt(shift, this.now()) === "after") this.stop("over");
  }

  private offShift(at: number): void {
    // An old fix may be refused for a shift that was changed meanwhile; only what
    // is said about now ends the sharing.
    if (this.state.sharing && at > this.now() - 120_000 * this.speed()) this.stop("off-shift");
  }

  // share begins to take positions; only within the shift, and only when asked.
  share(): void {
    const { shift } = this.state;
    if (phaseAt(shift, this.now()) !== "on" || shift === null) return;
    void this.outbox.keep(this.key("duty"), { until: shift.to } satisfies KeptDuty);
    this.set({ sharing: true, stopped: null, gps: null });
    this.resume();
  }

  stop(why: Stopped): void {
    void this.outbox.keep(this.key("duty"), null);
    this.stopWatch?.();
    this.stopWatch = null;
    this.last = null;
    this.set({ sharing: false, stopped: why, place: null, awake: false });
    this.pump();
  }

  private resume(): void {
    const { sharing, alone } = this.state;
    if (!sharing || !alone || this.stopWatch !== null) return;
    const ends = [watch((p) => this.placed(p), (gps) => this.set({ gps })), keepAwake((awake) => this.set({ awake }))];
    this.stopWatch = () => ends.forEach((end) => end());
  }

  private placed(p: Place): void {
    if (!this.state.sharing) return;
    this.set({ place: p });
    if (!worth(this.last, p)) return;
    this.last = p;
    const { walk, done, called } = this.state;
    if (walk !== null) {
      const seen = look(walk.walk.calls, called, p.at, p.accuracy, serverAt(this.clock(), p.wall));
      if (seen !== called) {
        this.set({ called: seen });
        void this.outbox.keep(this.key("called"), seen);
      }
      const next = advance(walk, done, p.at, p.accuracy);
      if (next > done) {
        this.set({ done: next });
        void this.outbox.keep(this.key("done"), { walk: walkKey(walk), done: next } satisfies KeptDone);
      }
    }
    void this.outbox
      .addFix({
        person: this.person,
        wall: p.wall,
        t: new Date(serverAt(this.clock(), p.wall)).toISOString(),
        at: p.at,
        accuracy_m: p.accuracy,
        ...(p.speed === null ? {} : { speed_kmh: p.speed }),
        ...(p.heading === null ? {} : { heading: p.heading }),
      })
      .then(() => this.pump());
  }

  // step writes down what became of a task, and then tells it.
  async step(task: number, to: StepTo, note = ""): Promise<void> {
    await this.outbox.addStep({ person: this.person, task, to, at: new Date(this.now()).toISOString(), note, key: newKey() });
    await this.counted();
    this.pump();
  }

  // dismiss puts an ended task away.
  dismiss(task: number): void {
    const dismissed = [...this.state.dismissed, task].slice(-200);
    this.set({ dismissed });
    void this.outbox.keep(this.key("dismissed"), dismissed);
  }

  dismissRefused(): void {
    void this.outbox.dismissRefused(this.person);
  }

  // forget leaves nothing of this person's day on the phone; what waits stays.
  forget(): Promise<void> {
    return this.outbox.forgetPerson(this.person);
  }

  retry(): void {
    this.live.retry();
    void this.read();
    this.pump();
  }

  at(): LngLat | null {
    return this.state.place?.at ?? null;
  }
}

// complete is a walk that was kept, by a page of an earlier version without its calls.
function complete(w: Walk): Walk {
  const calls = (w as Partial<Walk>).calls ?? [];
  return { ...w, calls: calls.every((c) => c.spots.every((s) => "at" in s)) ? calls : [] };
}

function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

// claimTab makes sure that one tab alone takes and sends positions. Where the
// browser has no locks there is no secure context either, and no position.
function claimTab(tell: (alone: boolean) => void): () => void {
  if (!("locks" in navigator)) {
    tell(true);
    return () => undefined;
  }
  const giveUp = new AbortController();
  let release: () => void = () => undefined;
  const late = setTimeout(() => tell(false), 300);
  navigator.locks
    .request("citygrid-phone", { signal: giveUp.signal }, () => {
      clearTimeout(late);
      tell(true);
      return new Promise<void>((done) => {
        release = done;
      });
    })
    .catch(() => undefined); // given up
  return () => {
    clearTimeout(late);
    giveUp.abort();
    release();
  };
}
