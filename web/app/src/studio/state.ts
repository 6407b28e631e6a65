// The state of the studio's editor. It has this one home: panels read it, the map
// shows it. Paint changes at once here and is sent behind it.
import type { Along, Candidate, Change, Comparison, Draft, DraftDetail, DraftFault, Edit, Part, Proposal, ProposalForm, Summary, UnitFeature } from "../api/drafts";
import { drafts } from "../api/drafts";
import type { PersonName } from "../api/ground";
import { Problem } from "../api/problem";
import type { LngLat } from "../api/types";
import { Board, balance, type Painted } from "./board";
import { colorParts } from "./colors";
import { Finder } from "./finder";
import { Outbox, replay, type Item } from "./outbox";

export type Tool = "select" | "paint" | "split" | "border";
export type Side = "none" | "part" | "propose" | "compare" | "faults" | "review";
export const brushes = [0, 14, 28, 52, 90] as const; // pixels; 0 is one unit grid

export interface Conflict {
  by: PersonName | null;
  at: string | null;
  what: string[];
}

export interface Preview {
  seed: number;
  form: ProposalForm;
  part: Int32Array;
}

export interface State {
  draft: Draft;
  parts: ReadonlyMap<number, Part>;
  summary: Summary;
  faults: DraftFault[];
  members: Candidate[];
  colors: ReadonlyMap<number, number>;
  paints: number; // counts changes of the board's paint
  shapes: number; // counts boards
  tool: Tool;
  brush: number; // index into brushes
  part: number | null; // the selected part: what the brush paints with
  units: readonly number[]; // selected unit grids, by id
  cursor: number | null; // the unit grid that the keyboard is on, by position
  side: Side;
  line: readonly LngLat[]; // of a split being drawn
  along: Along;
  snap: boolean;
  preview: Preview | null;
  proposals: readonly Proposal[];
  form: ProposalForm; // how those were made
  comparison: Comparison | null;
  move: number | null; // of the comparison, what is looked at
  fault: number | null;
  waiting: number; // things not sent yet
  sending: boolean;
  cut: boolean;
  conflict: Conflict | null;
  refusal: unknown; // what the server last refused
  flight: { n: number; to: [LngLat, LngLat] } | null;
}

const restMs = 1200;

export class Studio {
  board: Board;
  finder: Finder;
  readonly readOnly: boolean;
  private state: State;
  private readonly listeners = new Set<() => void>();
  private readonly painters = new Set<(changed: Painted[]) => void>();
  private readonly outbox: Outbox;
  private readonly offset = new Map<number, number>(); // minutes of a part beyond its unit grids' own
  private stroke: Map<number, number> | null = null; // unit -> part before
  private looking: ReturnType<typeof setTimeout> | undefined;
  private telling = false; // a frame will tell of paint
  private reshaped = false; // unit grids came or went since they were read

  constructor(detail: DraftDetail, units: readonly UnitFeature[], readOnly: boolean) {
    this.readOnly = readOnly;
    this.board = new Board(units);
    this.finder = new Finder(this.board);
    const parts = new Map(detail.parts.map((p) => [p.id, p]));
    this.state = {
      draft: detail.draft,
      parts,
      summary: detail.summary,
      faults: detail.faults,
      members: detail.members ?? [],
      colors: colorParts([...parts.keys()], this.board.borders()),
      paints: 0,
      shapes: 0,
      tool: "select",
      brush: 1,
      part: null,
      units: [],
      cursor: null,
      side: "none",
      line: [],
      along: "streets",
      snap: true,
      preview: null,
      proposals: [],
      form: { count: Math.max(2, parts.size), seconds: 8 },
      comparison: null,
      move: null,
      fault: null,
      waiting: 0,
      sending: false,
      cut: false,
      conflict: null,
      refusal: null,
      flight: null,
    };
    this.measure();
    const { id, version } = detail.draft;
    this.outbox = new Outbox(version, {
      send: (v, item) => ("edits" in item ? drafts.edit(id, v, item.edits) : "ask" in item ? drafts[item.ask](id, v) : drafts.accept(id, v, item.accept)),
      took: (change) => this.took(change),
      refused: (error) => {
        this.set({ refusal: error });
        void this.reload();
      },
      conflict: (error) => this.set({ conflict: conflictOf(error) }),
      state: () => this.set({ waiting: this.outbox.items.length, sending: this.outbox.busy, cut: this.outbox.cut }),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
  }

  get = (): State => this.state;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  // onPaint tells of painted unit grids before anything else is told, so that the
  // map shows them in its next frame.
  onPaint(listener: (changed: Painted[]) => void): () => void {
    this.painters.add(listener);
    return () => this.painters.delete(listener);
  }

  set(next: Partial<State>): void {
    this.state = { ...this.state, ...next };
    this.listeners.forEach((tell) => tell());
  }

  close(): void {
    clearTimeout(this.looking);
    this.outbox.close();
  }

  // why is the reason that the draft can't be changed now; null when it can.
  get locked(): "phone" | "state" | "preview" | null {
    if (this.readOnly) return "phone";
    if (this.state.draft.state !== "open") return "state";
    return this.state.preview === null ? null : "preview";
  }

  minutes(part: number): number {
    return (this.board.totals.get(part)?.minutes ?? 0) + (this.offset.get(part) ?? 0);
  }

  // beginStroke, strokeOver and endStroke are one step of undo.
  beginStroke(): void {
    this.stroke = new Map();
  }

  strokeOver(positions: Iterable<number>): number {
    const { part, parts } = this.state;
    const stroke = this.stroke;
    if (stroke === null || part === null || this.locked !== null || parts.get(part)?.locked === true) return 0;
    const free = [...positions].filter((i) => parts.get(this.board.part[i] ?? 0)?.locked !== true);
    const changed = this.board.paint(free, part);
    for (const { unit, from } of changed) if (!stroke.has(unit)) stroke.set(unit, from);
    this.painted(changed);
    return changed.length;
  }

  // endStroke sends the stroke and says how many unit grids it took.
  endStroke(): number {
    const stroke = this.stroke;
    const { part } = this.state;
    this.stroke = null;
    if (stroke === null || part === null || stroke.size === 0) return 0;
    this.recolor();
    this.outbox.push({ edits: [{ op: "paint", units: [...stroke.keys()].map((i) => this.board.idAt(i)), part }] });
    return stroke.size;
  }

  edit(...edits: Edit[]): void {
    if (this.locked !== null) return;
    this.set({ refusal: null });
    this.outbox.push({ edits });
  }

  accept(preview: Preview): void {
    this.set({ preview: null, proposals: [], side: "none" });
    this.outbox.push({ accept: { ...preview.form, seed: preview.seed } });
  }

  undo(): void {
    if (this.locked === null && (this.state.draft.undo > 0 || this.state.waiting > 0)) this.outbox.push({ ask: "undo" });
  }

  redo(): void {
    const undone = this.outbox.items.some((item) => "ask" in item && item.ask === "undo");
    if (this.locked === null && (this.state.draft.redo > 0 || undone)) this.outbox.push({ ask: "redo" });
  }

  // settled waits until all that was done is with the server.
  async settled(): Promise<void> {
    while (!this.outbox.idle && this.state.conflict === null) await new Promise((resolve) => setTimeout(resolve, 40));
  }

  // reload reads the draft anew and does again what wasn't sent yet.
  async reload(): Promise<void> {
    const { id } = this.state.draft;
    const [detail, units] = await Promise.all([drafts.get(id), drafts.units(id)]);
    this.board = new Board(units.features);
    this.finder = new Finder(this.board);
    this.reshaped = false;
    const parts = new Map(detail.parts.map((p) => [p.id, p]));
    const { part } = this.state;
    this.set({
      draft: detail.draft,
      parts,
      summary: detail.summary,
      faults: detail.faults,
      members: detail.members ?? this.state.members,
      colors: colorParts([...parts.keys()], this.board.borders(), this.state.colors),
      part: part !== null && parts.has(part) ? part : null,
      units: [],
      cursor: null,
      comparison: null,
      conflict: null,
      shapes: this.state.shapes + 1,
    });
    this.measure();
    this.again();
    this.outbox.resume(detail.draft.version);
  }

  // inOrder has the unit grids in the server's order, as proposals count them.
  async inOrder(): Promise<void> {
    if (this.reshaped) await this.reload();
  }

  // mineOnTop keeps what wasn't sent, on top of what others did.
  mineOnTop(): Promise<void> {
    return this.reload();
  }

  theirsAlone(): Promise<void> {
    this.outbox.forget();
    return this.reload();
  }

  // told takes a step of the draft's review.
  told(draft: Draft): void {
    this.outbox.version = draft.version;
    this.set({ draft });
  }

  fly(to: [LngLat, LngLat] | null): void {
    if (to !== null) this.set({ flight: { n: (this.state.flight?.n ?? 0) + 1, to } });
  }

  private took(change: Change): void {
    const parts = new Map(this.state.parts);
    for (const p of change.parts) parts.set(p.id, p);
    for (const id of change.removed_parts) parts.delete(id);
    if (change.units.length > 0 || change.removed.length > 0) this.reshape(change);
    const to = new Map<number, number[]>();
    for (const { unit, part } of change.painted) {
      const i = this.board.positionOf(unit);
      if (i === undefined) continue;
      const list = to.get(part);
      if (list === undefined) to.set(part, [i]);
      else list.push(i);
    }
    const painted = [...to].flatMap(([part, list]) => this.board.paint(list, part));
    painted.push(...this.again());
    const { part } = this.state;
    this.state = { ...this.state, draft: change.draft, parts, summary: change.summary, faults: change.faults ?? this.state.faults, part: part !== null && parts.has(part) ? part : null, comparison: null, refusal: null };
    this.recolor();
    if (this.outbox.items.length === 0 && this.stroke === null) this.measure();
    this.painted(painted);
    this.set({});
    this.lookForFaults();
  }

  // lookForFaults asks what is wrong with the draft now, when the hand rests.
  private lookForFaults(): void {
    clearTimeout(this.looking);
    this.looking = setTimeout(() => {
      const { id, version } = this.state.draft;
      void drafts
        .get(id)
        .then((detail) => {
          if (detail.draft.version === version && this.state.draft.version === version) this.set({ faults: detail.faults, summary: detail.summary });
        })
        .catch(() => undefined); // the list says what it last knew
    }, restMs);
  }

  // reshape takes changed unit grids. The rest of the board is made anew from them.
  private reshape(change: Change): void {
    this.reshaped = true;
    const gone = new Set(change.removed);
    const fresh = new Map(change.units.map((u) => [u.properties.id, u]));
    const units: UnitFeature[] = [];
    this.board.units.forEach((u, i) => {
      const { id, minutes } = u.properties;
      if (gone.has(id)) return;
      units.push(fresh.get(id) ?? { ...u, properties: { id, minutes, part: this.board.part[i] ?? 0 } });
      fresh.delete(id);
    });
    this.board = new Board([...units, ...fresh.values()]);
    this.finder = new Finder(this.board);
    this.state = { ...this.state, shapes: this.state.shapes + 1, units: [], cursor: null };
  }

  // again does what waits once more, over what the server said.
  private again(): Painted[] {
    const out: Painted[] = [];
    const paint = (ids: number[], part: number) => out.push(...this.board.paint(ids.flatMap((id) => this.board.positionOf(id) ?? []), part));
    replay(this.outbox.items, paint);
    if (this.stroke !== null && this.state.part !== null) out.push(...this.board.paint(this.stroke.keys(), this.state.part));
    return out;
  }

  // painted has the map show it at once; the panels follow with the next frame,
  // once for all that came before it.
  private painted(changed: Painted[]): void {
    if (changed.length > 0) this.painters.forEach((tell) => tell(changed));
    if (this.telling) return;
    this.telling = true;
    soon(() => {
      this.telling = false;
      this.set({ paints: this.state.paints + 1 });
    });
  }

  private recolor(): void {
    const colors = colorParts([...this.state.parts.keys()], this.board.borders(), this.state.colors);
    const same = colors.size === this.state.colors.size && [...colors].every(([part, hue]) => this.state.colors.get(part) === hue);
    if (!same) this.state = { ...this.state, colors };
  }

  // measure notes what the server counts beyond the unit grids, such as the way
  // from the station.
  private measure(): void {
    this.offset.clear();
    for (const [id, p] of this.state.parts) this.offset.set(id, p.minutes - (this.board.totals.get(id)?.minutes ?? 0));
  }
}

function soon(act: () => void): void {
  if (typeof requestAnimationFrame === "function" && document.visibilityState === "visible") requestAnimationFrame(act);
  else setTimeout(act, 0);
}

function conflictOf(error: Problem): Conflict {
  const { by, at, what } = error.extra as { by?: PersonName; at?: string; what?: unknown };
  return { by: by ?? null, at: at ?? null, what: Array.isArray(what) ? what.filter((w): w is string => typeof w === "string") : [] };
}

// liveBalance is max over mean as of the last brush stroke.
export function liveBalance(studio: Studio): { mean: number; max: number; worst: number } {
  const totals = new Map([...studio.board.totals].map(([part, t]) => [part, { ...t, minutes: studio.minutes(part) }]));
  return balance(totals);
}

export type { Item };
