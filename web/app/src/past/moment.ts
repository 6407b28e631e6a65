// A moment of the past as a link tells it: past=2026-11-23T08:17:05Z. The hour
// around it is asked for again by whoever opens it, with their own reason.

export interface Moment {
  at: number; // ms since 1970
  from: number; // of the hour that is shown
}

const hour = 3_600_000;

// around is the moment with an hour that has it at a third, but nothing of the future.
export function around(at: number, now: number): Moment {
  return { at, from: Math.min(at - hour / 3, now - hour) };
}

export function readMoment(search: string): Moment | null {
  const text = new URLSearchParams(search).get("past");
  if (text === null) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : { at, from: at - hour / 3 };
}

export function writeMoment(search: string, at: number | null): string {
  const q = new URLSearchParams(search);
  if (at === null) q.delete("past");
  else q.set("past", new Date(Math.round(at / 1000) * 1000).toISOString().replace(".000Z", "Z"));
  const text = q.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return text === "" ? "" : `?${text}`;
}
