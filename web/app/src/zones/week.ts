// A calendar as people paint it: half hours of a week, in seasons of the year, with
// exceptions. What a planner wrote otherwise (nth weekdays, holidays, dates) isn't
// painted but kept as it is.

export interface Season {
  from: string; // 05-01
  to: string;
}

export interface Exception {
  from: string; // 2026-10-01
  to: string;
  windows: string[]; // "08:00-12:00"; none: closed
  note?: string;
}

export interface Rule {
  do?: "add" | "replace" | "remove";
  weekdays?: string[];
  nth?: number[];
  observe_holidays?: boolean;
  seasons?: Season[];
  dates?: { from: string; to: string }[];
  windows?: string[];
}

export interface Spec {
  zone: string;
  rules?: Rule[];
  exceptions?: Exception[];
}

export const slots = 48; // of a day
export const cells = 7 * slots; // from Monday 00:00

export interface Period {
  seasons: Season[]; // none: all year
  week: readonly boolean[];
}

export interface Hours {
  periods: Period[];
  exceptions: Exception[];
}

export const days = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"] as const;
export const noHours: readonly boolean[] = Array<boolean>(cells).fill(false);
export const allHours: readonly boolean[] = Array<boolean>(cells).fill(true);

const minutes = (text: string): number | null => {
  const m = /^(\d\d):(\d\d)$/.exec(text);
  return m === null ? null : Number(m[1]) * 60 + Number(m[2]);
};

// readWindow gives the first and the last half hour of a window, from midnight of
// the day it begins; null where it isn't one of whole half hours.
export function readWindow(text: string): [number, number] | null {
  const [from, to] = text.split("-").map((t) => minutes(t.trim()));
  if (from === null || from === undefined || to === null || to === undefined || from % 30 !== 0 || to % 30 !== 0) return null;
  return [from / 30, (to <= from ? to + 1440 : to) / 30];
}

export const clockOf = (slot: number): string => `${String(Math.floor(slot / 2)).padStart(2, "0")}:${slot % 2 === 0 ? "00" : "30"}`;

// fromSpec is a calendar as it is painted; null where it cannot be.
export function fromSpec(spec: Spec): Hours | null {
  const periods = new Map<string, { seasons: Season[]; week: boolean[] }>();
  for (const rule of spec.rules ?? []) {
    if ((rule.do ?? "add") !== "add" || (rule.nth ?? []).length > 0 || rule.observe_holidays === true || (rule.dates ?? []).length > 0) return null;
    const on = (rule.weekdays ?? []).length === 0 ? [...days] : (rule.weekdays ?? []);
    const seasons = rule.seasons ?? [];
    const key = JSON.stringify(seasons);
    const period = periods.get(key) ?? { seasons, week: [...noHours] };
    periods.set(key, period);
    for (const text of rule.windows ?? []) {
      const window = readWindow(text);
      if (window === null) return null;
      for (const day of on) {
        const at = days.indexOf(day as "Mo");
        if (at < 0) return null;
        for (let s = window[0]; s < window[1]; s++) period.week[(at * slots + s) % cells] = true;
      }
    }
  }
  return { periods: [...periods.values()], exceptions: spec.exceptions ?? [] };
}

// toSpec writes the fewest windows: what runs over midnight is one, of the day on
// which it begins, as long as it isn't longer than a day.
export function toSpec({ periods, exceptions }: Hours, zone: string): Spec {
  const rules: Rule[] = [];
  for (const { seasons, week } of periods) {
    const byDay = days.map((): string[] => []);
    for (const [from, long] of runs(week)) {
      const start = from % slots;
      if (start + long > slots && long <= slots) byDay[Math.floor(from / slots)]?.push(`${clockOf(start)}-${clockOf(start + long - slots)}`);
      else
        for (let at = from; at < from + long; ) {
          const s = at % slots;
          const end = Math.min(slots, s + from + long - at);
          byDay[Math.floor(at / slots) % 7]?.push(`${clockOf(s)}-${clockOf(end)}`);
          at += end - s;
        }
    }
    const same = new Map<string, string[]>();
    byDay.forEach((windows, i) => {
      if (windows.length === 0) return;
      const key = [...windows].sort().join();
      same.set(key, [...(same.get(key) ?? []), days[i] ?? ""]);
    });
    for (const [windows, on] of same) rules.push({ ...(on.length === 7 ? {} : { weekdays: on }), ...(seasons.length === 0 ? {} : { seasons }), windows: windows.split(",") });
  }
  return { zone, rules, ...(exceptions.length === 0 ? {} : { exceptions }) };
}

// runs are the stretches that are on, round the week, as a beginning and a length.
export function runs(week: readonly boolean[]): [number, number][] {
  if (week.every(Boolean)) return [[0, cells]];
  const out: [number, number][] = [];
  for (let i = 0; i < cells; i++) {
    if (week[i] !== true || week[(i + cells - 1) % cells] === true) continue;
    let long = 1;
    while (week[(i + long) % cells] === true) long++;
    out.push([i, long]);
  }
  return out;
}

// painted is the week with a box of days and half hours on or off.
export function painted(week: readonly boolean[], a: number, b: number, on: boolean): boolean[] {
  const [d0, d1] = [Math.floor(a / slots), Math.floor(b / slots)].sort((x, y) => x - y) as [number, number];
  const [s0, s1] = [a % slots, b % slots].sort((x, y) => x - y) as [number, number];
  return week.map((was, i) => {
    const [d, s] = [Math.floor(i / slots), i % slots];
    return d >= d0 && d <= d1 && s >= s0 && s <= s1 ? on : was;
  });
}

export const hoursOf = (week: readonly boolean[]): number => week.filter(Boolean).length / 2;

// monthDay says whether a text is a day of the year.
export function monthDay(text: string): boolean {
  const m = /^(\d\d)-(\d\d)$/.exec(text);
  if (m === null) return false;
  const [month, day] = [Number(m[1]), Number(m[2])];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(2024, month, 0).getDate();
}
