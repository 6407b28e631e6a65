// A calendar of a week, as far as a form can say it: some days, from one time to
// another, and that several times. A calendar that says more is kept as it is.
import type { Closure } from "../../api/closures";

export type Calendar = NonNullable<Closure["calendar"]>;

export const weekdays = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"] as const;
export type Weekday = (typeof weekdays)[number];

export interface Hours {
  days: readonly Weekday[]; // none: every day
  from: string; // 22:00
  to: string; // not after from: on the next day
}

export const workdays: Hours = { days: ["Mo", "Tu", "We", "Th", "Fr"], from: "07:00", to: "19:00" };

interface Rule {
  weekdays?: string[];
  windows: string[];
}

// weeklyOf reads a calendar; null for one that a week doesn't say, or none.
export function weeklyOf(calendar: unknown): Hours[] | null {
  if (typeof calendar !== "object" || calendar === null) return null;
  const { rules, exceptions } = calendar as { rules?: unknown[]; exceptions?: unknown[] };
  if (rules === undefined || rules.length === 0 || (exceptions !== undefined && exceptions.length > 0)) return null;
  const all: Hours[] = [];
  for (const rule of rules) {
    const known = Object.keys(rule as object).every((k) => k === "weekdays" || k === "windows");
    const { weekdays: days = [], windows } = rule as Rule;
    if (!known || !days.every(isWeekday)) return null;
    for (const w of windows) {
      const m = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(w);
      if (m === null) return null;
      all.push({ days: days.filter(isWeekday), from: m[1] ?? "", to: m[2] === "24:00" ? "00:00" : (m[2] ?? "") });
    }
  }
  return all;
}

const isWeekday = (s: string): s is Weekday => (weekdays as readonly string[]).includes(s);

// calendarOf writes a week down, in the clocks of a zone.
export function calendarOf(week: readonly Hours[], zone: string): Calendar {
  const rules = week.map(({ days, from, to }): Rule => ({ ...(days.length === 0 || days.length === 7 ? {} : { weekdays: [...days] }), windows: [`${from}-${to === "00:00" ? "24:00" : to}`] }));
  return { zone, rules };
}

// wrong says what is missing of some hours.
export function wrong({ from, to }: Hours): "times" | null {
  return /^\d\d:\d\d$/.test(from) && /^\d\d:\d\d$/.test(to) ? null : "times";
}
