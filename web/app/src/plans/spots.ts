// The spots that patrols call at, as a form has them: pure, so that it is tested
// without a page.
import type { Feature, FeatureCollection } from "geojson";
import type { LngLat } from "../api/types";
import type { SpotSign } from "../map/spotSigns";
import { days, type Spec } from "../zones/week";
import type { Spot, SpotFields, SpotVisit } from "./requests";

export interface SpotForm {
  zh: string;
  en: string;
  theme: string;
  at: LngLat | null;
  team: string | null;
  visits: string;
  stay: string;
  hours: string; // "20:00-02:00, 08:00-09:00"; empty: while the team is on patrol
  weekdays: readonly string[]; // none: every day
  holidays: boolean; // public holidays and make-up days count
  kept: Spec | null; // hours that were written otherwise, which stay as they are
}

export const emptySpot = (team: string | null): SpotForm => ({ zh: "", en: "", theme: "", at: null, team, visits: "1", stay: "5", hours: "", weekdays: [], holidays: false, kept: null });

export const window = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$/;

// A rule that a form can show: windows on days of the week.
export function plain(spec: Spec): { hours: string; weekdays: readonly string[]; holidays: boolean } | null {
  const [rule, ...others] = spec.rules ?? [];
  if (rule === undefined || others.length > 0 || (spec.exceptions ?? []).length > 0) return null;
  if ((rule.do ?? "add") !== "add" || (rule.nth ?? []).length + (rule.seasons ?? []).length + (rule.dates ?? []).length > 0) return null;
  const weekdays = rule.weekdays ?? [];
  if (!weekdays.every((d) => (days as readonly string[]).includes(d))) return null;
  if (!(rule.windows ?? []).every((w) => window.test(w))) return null;
  return { hours: (rule.windows ?? []).join(", "), weekdays, holidays: rule.observe_holidays === true };
}

export function formOf(s: Spot): SpotForm {
  const spec = s.calendar as Spec | null;
  const shown = spec === null ? { hours: "", weekdays: [], holidays: false } : plain(spec);
  return {
    zh: s.name["zh-CN"] ?? "", en: s.name.en ?? "", theme: s.theme, at: s.at, team: String(s.team), visits: String(s.visits), stay: String(s.stay_min),
    ...(shown ?? { hours: "", weekdays: [], holidays: false }), kept: shown === null ? spec : null,
  };
}

export const windows = (text: string): string[] => text.split(/[,，;；]\s*|\s+/).map((w) => w.trim().replaceAll("–", "-")).filter((w) => w !== "");
const number = (text: string, least: number, most: number) => /^\d{1,3}$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;

export type SpotFault = "name" | "at" | "team" | "visits" | "stay" | "hours";

// faults are the fields that can't be kept as they are.
export function faults(f: SpotForm): SpotFault[] {
  const out: SpotFault[] = [];
  if (f.zh.trim() === "" && f.en.trim() === "") out.push("name");
  if (f.at === null) out.push("at");
  if (f.team === null) out.push("team");
  if (!number(f.visits, 1, 12)) out.push("visits");
  if (!number(f.stay, 0, 240)) out.push("stay");
  if (!windows(f.hours).every((w) => window.test(w)) || (windows(f.hours).length === 0 && f.weekdays.length > 0)) out.push("hours");
  return out;
}

// fieldsOf is what is sent of a form without faults.
export function fieldsOf(f: SpotForm, zone: string): SpotFields {
  const hours = windows(f.hours);
  const calendar: Spec | null =
    f.kept ?? (hours.length === 0 ? null : { zone, rules: [{ ...(f.weekdays.length > 0 && { weekdays: [...f.weekdays] }), ...(f.holidays && f.weekdays.length > 0 && { observe_holidays: true }), windows: hours }] });
  const name: Record<string, string> = { ...(f.zh.trim() !== "" && { "zh-CN": f.zh.trim() }), ...(f.en.trim() !== "" && { en: f.en.trim() }) };
  return { name, theme: f.theme.trim(), at: f.at ?? [0, 0], team: Number(f.team), visits: Number(f.visits), stay_min: Number(f.stay), calendar: calendar as SpotFields["calendar"] };
}

const point = (at: readonly number[], properties: Record<string, unknown>): Feature => ({ type: "Feature", properties, geometry: { type: "Point", coordinates: [...at] } });

// spotFeatures is the spots on the map, and the place that is being chosen.
export function spotFeatures(spots: readonly Spot[], chosen: number | null, at: LngLat | null): FeatureCollection {
  const out = spots.filter((s) => s.id !== chosen).map((s, order) => point(s.at, { sign: "spot" satisfies SpotSign, n: String(s.visits), order }));
  if (at !== null) out.push(point(at, { sign: "spot-on" satisfies SpotSign, n: "", order: 0 }));
  return { type: "FeatureCollection", features: out };
}

// visitFeatures is the visits of a day: of a spot that is called at several times how
// many are left.
export function visitFeatures(visits: readonly SpotVisit[]): FeatureCollection {
  const by = new Map<number, SpotVisit[]>();
  for (const v of visits) by.set(v.spot, [...(by.get(v.spot) ?? []), v]);
  return {
    type: "FeatureCollection",
    features: [...by.values()].map((list, order) => {
      const left = list.filter((v) => v.seen === null).length;
      return point(list[0]?.at ?? [0, 0], { sign: (left === 0 ? "spot-seen" : "spot") satisfies SpotSign, n: left === 0 ? "✓" : String(left), order });
    }),
  };
}
