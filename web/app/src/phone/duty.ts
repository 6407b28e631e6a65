// The shift, as the phone knows it from the walk or the run that belongs to it.
import type { Run, Walk } from "../live/wire";

export interface Shift {
  from: number; // server's time, ms since 1970
  to: number;
}

export type Phase = "none" | "before" | "on" | "after";

// shiftOf is the shift that holds at now, else the next one, else the last.
export function shiftOf(walks: readonly Walk[], runs: readonly Run[], now: number): Shift | null {
  const all = [...walks, ...runs].map((w) => ({ from: Date.parse(w.from), to: Date.parse(w.to) })).sort((a, b) => a.from - b.from);
  return all.find((s) => now < s.to) ?? all.at(-1) ?? null;
}

// phaseAt: from <= now < to is on.
export function phaseAt(shift: Shift | null, now: number): Phase {
  if (shift === null) return "none";
  return now < shift.from ? "before" : now < shift.to ? "on" : "after";
}

// early is how long before its begin a campaign's walk is shown: people have to get there.
const early = 20 * 60_000;

// atCampaign is the walk of a campaign that is on, or begins soon.
export const atCampaign = (walks: readonly Walk[], now: number): Walk | undefined => walks.find((w) => isCampaign(w) && now >= Date.parse(w.from) - early && now < Date.parse(w.to));

export const isCampaign = (w: Walk): boolean => w.campaign !== undefined && w.campaign !== null;

export const within = <T extends { from: string; to: string }>(list: readonly T[], shift: Shift | null): T | undefined =>
  list.find((w) => Date.parse(w.from) === shift?.from);
