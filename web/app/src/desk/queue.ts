// The order of the alert queue: what needs somebody now stands first.
import type { Alert, AlertState, Grade } from "../live/wire";

export type Grouping = "none" | "zone" | "subject";

// many is from how many alerts on the queue offers groups.
export const many = 8;

const gradeRank: Record<Grade, number> = { confirmed: 0, likely: 1, possible: 2 };
const stateRank: Record<AlertState, number> = { open: 0, acknowledged: 0, dispatched: 1, closed: 2 };

// compare: who has nobody sent yet before who has, then the surer, then what
// lasts before what ended, then the newer.
export function compare(a: Alert, b: Alert): number {
  return (
    stateRank[a.state] - stateRank[b.state] ||
    gradeRank[a.grade] - gradeRank[b.grade] ||
    Number(over(a)) - Number(over(b)) ||
    Date.parse(b.began) - Date.parse(a.began) ||
    b.id - a.id
  );
}

// isIdle: it is over and nobody is on the way for it.
export const isIdle = (a: Alert): boolean => over(a) && stateRank[a.state] === 0;

export const over = (a: Alert): boolean => a.ended !== null || a.withdrawn;

// subjectUnit is the unit of an alert's subject: of a dog, a person, a vehicle.
export function subjectUnit(a: Pick<Alert, "subject">): string {
  return `${a.subject.class.slice(0, 1)}${a.subject.id}`;
}

// A Group is alerts of one zone, of one subject, or of one subject in one zone.
export interface Group {
  key: string;
  first: Alert; // names the group, and is its worst
  alerts: Alert[];
  of: "zone" | "subject" | "over";
}

export type Row =
  | { kind: "group"; key: string; group: Group; folded: boolean; within: boolean } // within another group
  | { kind: "alert"; key: string; alert: Alert };

export function waiting(alerts: readonly Alert[]): Alert[] {
  return alerts.filter((a) => a.state !== "closed").sort(compare);
}

// What is over still wants to be closed, but not to be looked at first: by
// urgency it stands apart, once there is more of it than this.
export const overKey = "over";
const fewOver = 3;

// A flood is more alerts in ten minutes than one person can take one by one; it is
// over when there are few again (ISA-18.2: more than 10, then fewer than 5).
export const floodMs = 600_000;
const [floodFrom, floodTo] = [10, 5];

// news is how many alerts began in the last ten minutes.
export const news = (alerts: readonly Alert[], now: number): number => alerts.filter((a) => now - Date.parse(a.began) < floodMs).length;

export const isFlood = (count: number, was: boolean): boolean => count > floodFrom || (was && count >= floodTo);

const subjectKey = (a: Alert) => `${a.subject.class}${a.subject.id}`;

function groups(alerts: readonly Alert[], of: "zone" | "subject", before = ""): Group[] {
  const found = new Map<string, Group>();
  for (const a of alerts) {
    const key = before + (of === "zone" ? `z${a.zone.id}` : subjectKey(a));
    const g = found.get(key);
    if (g === undefined) found.set(key, { key, first: a, alerts: [a], of });
    else g.alerts.push(a);
  }
  return [...found.values()];
}

// rows are the lines of the list. A group stands where its worst alert would. What
// one subject did several times in a zone is one line within the zone's. turned are
// the groups that somebody folded or unfolded; left alone, groups are open, but in a
// flood all are folded, and so is what is within another or over.
export function rows(alerts: readonly Alert[], by: Grouping, turned: ReadonlySet<string>, flood = false): Row[] {
  const sorted = waiting(alerts);
  const line = (alert: Alert): Row => ({ kind: "alert", key: `a${alert.id}`, alert });
  const head = (group: Group, within: boolean, shut: boolean, lines: (g: Group) => Row[]): Row[] => {
    const folded = shut !== turned.has(group.key);
    return [{ kind: "group", key: group.key, group, folded, within }, ...(folded ? [] : lines(group))];
  };
  const flat = (g: Group) => g.alerts.map(line);
  if (by === "none") {
    const gone = sorted.filter(isIdle);
    const [first] = gone;
    if (first === undefined || gone.length <= fewOver) return sorted.map(line);
    return [...sorted.filter((a) => !isIdle(a)).map(line), ...head({ key: overKey, first, alerts: gone, of: "over" }, false, true, flat)];
  }
  const inZone = (z: Group) => groups(z.alerts, "subject", `${z.key}/`).flatMap((g) => (g.alerts.length === 1 ? flat(g) : head(g, true, true, flat)));
  return groups(sorted, by).flatMap((g) => head(g, false, flood, by === "zone" ? inZone : flat));
}

// step is the alert that J or K goes to: the next or the one before in the rows;
// from nowhere the first or last. It stays at the ends.
export function step(list: readonly Row[], from: number | null, by: 1 | -1): Alert | null {
  const alerts = list.flatMap((r) => (r.kind === "alert" ? [r.alert] : []));
  if (alerts.length === 0) return null;
  const i = alerts.findIndex((a) => a.id === from);
  if (i < 0) return alerts.at(by > 0 ? 0 : -1) ?? null;
  return alerts[Math.min(alerts.length - 1, Math.max(0, i + by))] ?? null;
}

// below is the folded group that J or K comes to next, if that is what stands there:
// in a flood they go into groups, for all are folded then.
export function below(list: readonly Row[], from: number | null, by: 1 | -1): Group | null {
  const i = list.findIndex((r) => r.kind === "alert" && r.alert.id === from);
  for (let k = i < 0 ? (by > 0 ? 0 : list.length - 1) : i + by; k >= 0 && k < list.length; k += by) {
    const row = list[k];
    if (row === undefined || row.kind === "alert") return null;
    if (row.folded && row.group.of !== "over") return row.group;
  }
  return null;
}

// within is the group in a folded zone's that has an alert, if there is one.
export function within(zone: Group, a: Alert): string | null {
  return zone.of === "zone" && zone.alerts.filter((x) => subjectKey(x) === subjectKey(a)).length > 1 ? `${zone.key}/${subjectKey(a)}` : null;
}

// after is where the mark goes when the marked alert leaves the queue: to the
// next that needs somebody, else the one before.
export function after(list: readonly Row[], id: number): number | null {
  const alerts = list.flatMap((r) => (r.kind === "alert" ? [r.alert] : []));
  const i = alerts.findIndex((a) => a.id === id);
  return (alerts[i + 1] ?? alerts[i - 1])?.id ?? null;
}

export interface Counts {
  open: number; // it lasts and nobody is sent
  all: number;
  worst: Grade | null;
}

export function count(alerts: readonly Alert[]): Counts {
  const list = waiting(alerts);
  const open = list.filter((a) => stateRank[a.state] === 0 && !over(a));
  return { open: open.length, all: list.length, worst: open[0]?.grade ?? null };
}

// isNews says whether a change is worth a tone: a likely or confirmed alert that
// is new or has become so, and that nobody has dealt with.
export function isNews(now: Alert, before: Alert | undefined): boolean {
  if (now.state !== "open" || over(now) || now.grade === "possible") return false;
  return before === undefined || before.grade === "possible";
}

// age counts in the units a glance can take: 12 s, 4 min, 2 h 5 min.
export function ageParts(ms: number): { s: number } | { min: number } | { h: number; min: number } {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 90) return { s };
  const min = Math.floor(s / 60);
  return min < 60 ? { min } : { h: Math.floor(min / 60), min: min % 60 };
}
