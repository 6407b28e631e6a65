// A day of the roster as bars: who works when.
import type { Shift } from "../api/registers";
import { addDays, instant, localTime } from "./time";

export interface Bar {
  shift: Shift;
  left: number; // fractions of the day
  width: number;
  before: boolean; // it began the day before
  after: boolean; // and ends the day after
}

export interface Line {
  person: number;
  name: string;
  team: number;
  bars: Bar[];
}

export function span(day: string, zone: string): { from: number; to: number } {
  return { from: instant(day, zone), to: instant(addDays(day, 1), zone) };
}

// lines are the people of a day, team by team, the early ones first.
export function dayLines(shifts: readonly Shift[], from: number, to: number, teamName: (team: number) => string, language: string): Line[] {
  const lines = new Map<number, Line>();
  for (const shift of [...shifts].sort((a, b) => Date.parse(a.from) - Date.parse(b.from))) {
    const [start, end] = [Date.parse(shift.from), Date.parse(shift.to)];
    if (end <= from || start >= to) continue;
    const line = lines.get(shift.person) ?? { person: shift.person, name: shift.name, team: shift.team, bars: [] };
    const left = (Math.max(start, from) - from) / (to - from);
    line.bars.push({ shift, left, width: (Math.min(end, to) - from) / (to - from) - left, before: start < from, after: end > to });
    lines.set(shift.person, line);
  }
  const compare = new Intl.Collator(language, { numeric: true }).compare;
  return [...lines.values()].sort((a, b) => compare(teamName(a.team), teamName(b.team)) || (a.bars[0]?.left ?? 0) - (b.bars[0]?.left ?? 0) || compare(a.name, b.name));
}

// strength is how many people work in each of so many equal parts of the day.
export function strength(lines: readonly Line[], parts: number): number[] {
  return Array.from({ length: parts }, (_, i) => {
    const middle = (i + 0.5) / parts;
    return lines.filter((l) => l.bars.some((b) => b.left <= middle && middle < b.left + b.width)).length;
  });
}

// ticks are the hours written above the bars. A day of 23 or 25 hours has its own.
export function ticks(from: number, to: number, zone: string, every = 2): { at: number; text: string }[] {
  const out: { at: number; text: string }[] = [];
  for (let t = from; t < to; t += 3_600_000) {
    const text = localTime(t, zone).slice(11, 16);
    if (Number(text.slice(0, 2)) % every === 0) out.push({ at: (t - from) / (to - from), text });
  }
  return out;
}
