// What comes first in walks, as a form has it: pure, so that it is tested without a page.
import type { Ranking, RankingFields, RankingKey } from "./requests";

export const ways = ["areas", "classes", "water", "zones", "spots"] as const;
export type Way = (typeof ways)[number];

// Classes of streets that patrols see.
export const classes = ["primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "pedestrian", "waterway"] as const;

export const mostKeys = 6;

export interface KeyForm {
  by: Way;
  chosen: readonly string[]; // areas, classes, kinds of zones, themes
  within: string; // metres
  not: boolean;
  first: { zh: string; en: string };
  then: { zh: string; en: string };
}

export interface RankingForm {
  team: string | null; // null: the bureau's
  keys: readonly KeyForm[];
}

export const emptyKey = (by: Way): KeyForm => ({ by, chosen: [], within: "100", not: false, first: { zh: "", en: "" }, then: { zh: "", en: "" } });

const names = (m: Record<string, string> | undefined) => ({ zh: m?.["zh-CN"] ?? "", en: m?.en ?? "" });

export function formOf(r: Ranking): RankingForm {
  return {
    team: r.team === null ? null : String(r.team),
    keys: r.keys.map((k) => ({
      by: k.by, not: k.not === true, within: String(k.within_m ?? 100), first: names(k.first), then: names(k.then),
      chosen: { areas: (k.areas ?? []).map(String), classes: k.classes ?? [], zones: k.zones ?? [], spots: k.themes ?? [], water: [] }[k.by],
    })),
  };
}

export type KeyFault = "first" | "chosen" | "within";

// faults are the fields of a key that can't be kept as they are. Spots of no theme are all.
export function faults(k: KeyForm): KeyFault[] {
  const out: KeyFault[] = [];
  if (k.first.zh.trim() === "" && k.first.en.trim() === "") out.push("first");
  if (k.chosen.length === 0 && k.by !== "water" && k.by !== "spots") out.push("chosen");
  if (k.by === "water" && !(/^\d{1,4}$/.test(k.within.trim()) && Number(k.within) >= 1 && Number(k.within) <= 2000)) out.push("within");
  return out;
}

const words = ({ zh, en }: { zh: string; en: string }): Record<string, string> => ({ ...(zh.trim() !== "" && { "zh-CN": zh.trim() }), ...(en.trim() !== "" && { en: en.trim() }) });

function keyOf(k: KeyForm): RankingKey {
  const then = words(k.then);
  return {
    first: words(k.first), ...(Object.keys(then).length > 0 && { then }), by: k.by, ...(k.not && { not: true }),
    ...(k.by === "areas" && { areas: k.chosen.map(Number) }),
    ...(k.by === "classes" && { classes: [...k.chosen] }),
    ...(k.by === "zones" && { zones: [...k.chosen] }),
    ...(k.by === "spots" && k.chosen.length > 0 && { themes: [...k.chosen] }),
    ...(k.by === "water" && { within_m: Number(k.within) }),
  };
}

// fieldsOf is what is sent of a form without faults.
export const fieldsOf = (f: RankingForm): RankingFields => ({ team: f.team === null ? null : Number(f.team), keys: f.keys.map(keyOf) });

// moved is a list whose item i has changed places with the one before it.
export const moved = <T>(list: readonly T[], i: number): T[] => list.map((x, k) => (k === i ? (list[i - 1] ?? x) : k === i - 1 ? (list[i] ?? x) : x));
