// A day of walks and tow runs as rows of bars.
import type { Board, Run, RunStop, RunsPreview, Walk, WalksPreview } from "./requests";

export interface Item {
  key: string;
  kind: "street" | "job" | "site" | "past";
  n: number; // its stop's number; 0 for what is over
  name: string;
  from: number; // milliseconds since 1970
  to: number;
  state: "done" | "now" | "todo";
  lateS: number; // done so long after the end of the shift
  fixed: boolean; // it can't be moved
  load: number | null; // on the truck after it
  task: number | null;
}

export interface Row {
  id: string; // v and a vehicle, s and a shift
  kind: "run" | "walk";
  by: string; // how a patrol travels, a profile; "" for a run
  team: number; // 0 for a run: any truck may take any job
  number: number; // the vehicle's or the shift's
  name: string;
  who: string;
  from: number; // the shift
  to: number;
  end: number;
  behindS: number;
  lateS: number;
  off: boolean;
  capacity: number;
  loaded: number;
  progress: number | null; // of a walk
  items: Item[];
  planned: boolean; // of a preview
}

const ms = (iso: string) => Date.parse(iso);

function runItem(s: RunStop): Item {
  const begun = s.state === "arrived";
  return {
    key: s.task === null ? `site-${s.n}` : `job-${s.task}`,
    kind: s.kind === "site" ? "site" : "job",
    n: s.n,
    name: s.name,
    from: ms(s.arrive),
    to: ms(s.leave),
    state: begun ? "now" : "todo",
    lateS: s.late_s,
    fixed: s.kind === "site" || begun,
    load: s.load,
    task: s.task,
  };
}

// inWords has the names of drop-off sites in the reader's language, which name chooses.
export function inWords(board: Board, name: (names: Record<string, string>, fallback: string) => string): Board {
  return {
    runs: board.runs.map((r) => ({ ...r, stops: r.stops.map((s) => (s.names === undefined ? s : { ...s, name: name(s.names, s.name) })) })),
    sites: board.sites.map((s) => ({ ...s, name: name(s.names, s.name) })),
  };
}

export function runRow(r: Run): Row {
  const past: Item[] = r.past.map((p) => ({
    key: `past-${p.task}`, kind: "past", n: 0, name: p.note, from: Math.min(ms(p.began), ms(p.done) - 60_000), to: ms(p.done), state: "done", lateS: 0, fixed: true, load: null, task: p.task,
  }));
  return {
    id: `v${r.vehicle.id}`, kind: "run", by: "", team: 0, number: r.vehicle.id, name: r.vehicle.plate, who: r.driver.name, from: ms(r.from), to: ms(r.to), end: ms(r.end),
    behindS: 0, lateS: Math.max(0, (ms(r.end) - ms(r.to)) / 1000), off: r.off, capacity: r.capacity, loaded: r.loaded, progress: null,
    items: [...past, ...r.stops.map(runItem)], planned: false,
  };
}

// walkRow shifts what is still to come by how late the walk is.
export function walkRow(w: Walk): Row {
  const late = w.behind_s * 1000;
  const items = w.stops.map((s, i): Item => {
    const shift = s.done ? 0 : late;
    const to = Math.max(ms(s.leave), ms(s.eta) + 30_000) + shift;
    return {
      key: `street-${s.n}`, kind: "street", n: s.n, name: s.street, from: ms(s.eta) + shift, to,
      state: s.done ? "done" : i === w.next && w.done_m > 0 ? "now" : "todo",
      lateS: s.done ? 0 : Math.max(0, (to - ms(w.to)) / 1000), fixed: s.done, load: null, task: null,
    };
  });
  const end = ms(w.end) + late;
  return {
    id: `s${w.shift}`, kind: "walk", by: w.by, team: w.team, number: w.shift, name: w.person.name, who: "", from: ms(w.from), to: ms(w.to), end,
    behindS: w.behind_s, lateS: Math.max(0, (end - ms(w.to)) / 1000), off: w.off, capacity: 0, loaded: 0, progress: w.progress, items, planned: false,
  };
}

// withPreview shows rows as they would be.
export function withPreview(rows: readonly Row[], runs: RunsPreview | null, walks: WalksPreview | null): Row[] {
  return rows.map((row) => {
    const unit = runs?.units.find((u) => u.unit === row.id);
    if (unit !== undefined)
      return { ...row, planned: true, end: ms(unit.end), lateS: unit.late_s, items: [...row.items.filter((i) => i.kind === "past"), ...unit.stops.map(runItem)] };
    const walk = walks?.walks.find((w) => `s${w.shift}` === row.id);
    if (walk !== undefined) return { ...walkRow(walk), planned: true };
    return row;
  });
}

// A Place is where a stop is to go: before an item of a row, at its end, or (at
// null) where it costs least.
export interface Place {
  row: string;
  at: number | null; // of the row's items
}

// takes tells if a row can take a stop of another.
export function takes(to: Row, from: Row): boolean {
  return to.kind === from.kind && to.team === from.team && to.by === from.by && (!to.off || to.id === from.id);
}

// placeAt is the place in a row for a time: before the first stop whose middle is
// later, and never before what is done or begun.
export function placeAt(row: Row, time: number): number {
  const first = firstFree(row);
  const k = row.items.findIndex((i, n) => n >= first && i.kind !== "site" && (i.from + i.to) / 2 > time);
  return k < 0 ? row.items.length : k;
}

export function firstFree(row: Row): number {
  let last = -1;
  row.items.forEach((i, n) => {
    if (i.fixed && i.kind !== "site") last = n;
  });
  return last + 1;
}

// follower is the stop that comes after a place, leaving out the one that is moved:
// a drop-off is placed by the server.
export function follower(row: Row, at: number, moved: string): Item | null {
  return row.items.slice(at).find((i) => i.kind !== "site" && i.key !== moved) ?? null;
}

// span is the hours to show: from the first shift to the end of the last work.
export function spanOf(rows: readonly Row[]): { from: number; to: number } {
  if (rows.length === 0) return { from: 0, to: 3_600_000 };
  const from = Math.min(...rows.flatMap((r) => [r.from, ...r.items.slice(0, 1).map((i) => i.from)]));
  const to = Math.max(...rows.flatMap((r) => [r.to, r.end]));
  const hour = 3_600_000;
  return { from: Math.floor(from / hour) * hour, to: Math.ceil(to / hour) * hour };
}
