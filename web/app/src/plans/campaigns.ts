// Campaigns as a form has them, and their days on the map: pure, so that it is tested
// without a page.
import type { Feature, FeatureCollection } from "geojson";
import type { LngLat } from "../api/types";
import type { Spec } from "../zones/week";
import type { Campaign, CampaignCount, CampaignDay, CampaignFields, CampaignRoad } from "./requests";
import { plain, window, windows } from "./spots";

export interface CampaignForm {
  zh: string;
  en: string;
  area: string | null;
  hours: string; // "08:30-11:30"
  weekdays: readonly string[]; // none: every day
  holidays: boolean; // public holidays and make-up days count
  kept: Spec | null; // days that were written otherwise, which stay as they are
  paused: boolean;
  meet: LngLat | null;
  roads: readonly CampaignRoad[];
  people: readonly number[];
  teams: readonly number[];
  tag: string;
  alone: boolean;
  pace: string;
  checklist: string; // a line each: code | Chinese | English
}

export const emptyCampaign = (area: string | null): CampaignForm => ({
  zh: "", en: "", area, hours: "08:30-11:30", weekdays: ["We"], holidays: true, kept: null, paused: false, meet: null, roads: [], people: [], teams: [], tag: "", alone: false, pace: "25", checklist: "",
});

export function formOf(c: Campaign): CampaignForm {
  const spec = c.calendar as unknown as Spec;
  const shown = plain(spec);
  return {
    zh: c.name["zh-CN"] ?? "", en: c.name.en ?? "", area: String(c.area), ...(shown ?? { hours: "", weekdays: [], holidays: false }), kept: shown === null ? spec : null,
    paused: c.paused, meet: c.meet, roads: c.roads, people: c.people, teams: c.teams, tag: c.tag, alone: c.alone, pace: String(c.pace),
    checklist: c.checklist.map((i) => [i.code, i.text["zh-CN"] ?? "", i.text.en ?? ""].join(" | ")).join("\n"),
  };
}

// itemsOf reads the lines of a checklist; null where one has no code or no text, or a
// code comes twice.
export function itemsOf(text: string): CampaignFields["checklist"] | null {
  const out: CampaignFields["checklist"] = [];
  for (const line of text.split("\n").map((l) => l.trim()).filter((l) => l !== "")) {
    const [code = "", zh = "", en = ""] = line.split(/\s*[|｜]\s*/);
    if (code === "" || (zh === "" && en === "") || code.length > 32 || out.some((i) => i.code === code)) return null;
    out.push({ code, text: { ...(zh !== "" && { "zh-CN": zh }), ...(en !== "" && { en }) } });
  }
  return out.length === 0 || out.length > 40 ? null : out;
}

export type CampaignFault = "name" | "area" | "hours" | "meet" | "roads" | "people" | "pace" | "checklist";

export function faults(f: CampaignForm): CampaignFault[] {
  const out: CampaignFault[] = [];
  if (f.zh.trim() === "" && f.en.trim() === "") out.push("name");
  if (f.area === null) out.push("area");
  if (f.kept === null && (windows(f.hours).length === 0 || !windows(f.hours).every((w) => window.test(w)))) out.push("hours");
  if (f.meet === null) out.push("meet");
  if (f.roads.length === 0) out.push("roads");
  if (f.people.length + f.teams.length === 0) out.push("people");
  if (!/^\d{1,3}$/.test(f.pace.trim()) || Number(f.pace) < 1 || Number(f.pace) > 200) out.push("pace");
  if (itemsOf(f.checklist) === null) out.push("checklist");
  return out;
}

export function fieldsOf(f: CampaignForm, zone: string): CampaignFields {
  const calendar: Spec = f.kept ?? { zone, rules: [{ ...(f.weekdays.length > 0 && { weekdays: [...f.weekdays] }), ...(f.holidays && f.weekdays.length > 0 && { observe_holidays: true }), windows: windows(f.hours) }] };
  return {
    name: { ...(f.zh.trim() !== "" && { "zh-CN": f.zh.trim() }), ...(f.en.trim() !== "" && { en: f.en.trim() }) },
    area: Number(f.area), calendar: calendar as unknown as CampaignFields["calendar"], paused: f.paused, meet: f.meet ?? [0, 0], roads: [...f.roads], people: [...f.people], teams: [...f.teams],
    tag: f.tag.trim(), alone: f.alone, pace: Number(f.pace), checklist: itemsOf(f.checklist) ?? [],
  };
}

// sameRoad tells a road that is in a campaign already.
export const sameRoad = (a: CampaignRoad, b: CampaignRoad): boolean => a.name === b.name && a.lines.length === b.lines.length && JSON.stringify(a.lines[0]?.[0]) === JSON.stringify(b.lines[0]?.[0]);

// lengthOf is metres, of both sides where each is gone along.
export function lengthOf(r: CampaignRoad): number {
  let sum = 0;
  for (const line of r.lines as LngLat[][])
    line.forEach((p, i) => {
      const before = line[i - 1];
      if (before === undefined) return;
      const [x, y] = [(p[0] - before[0]) * Math.cos((p[1] * Math.PI) / 180), p[1] - before[1]];
      sum += Math.hypot(x, y) * 111_195;
    });
  return sum;
}

// How many colours pairs have; the number is written beside, so two may share one.
export const pairColours = {
  light: ["#1D6FD1", "#B4430F", "#0F766E", "#8A2BE2", "#B91C1C", "#4D7C0F", "#BE185D", "#0E6F87", "#8A5A00", "#475569"],
  dark: ["#74B3FF", "#FDBA74", "#2DD4BF", "#D8B4FE", "#FCA5A5", "#BEF264", "#F9A8D4", "#67E8F9", "#FDE047", "#CBD5E1"],
} as const;

const at = (coordinates: LngLat, properties: Record<string, unknown>): Feature => ({ type: "Feature", properties, geometry: { type: "Point", coordinates } });

// roadFeatures is roads of a form or of what was found, and where pairs meet.
export function roadFeatures(roads: readonly CampaignRoad[], found: readonly CampaignRoad[], meet: LngLat | null, label: string): FeatureCollection {
  const lines = (list: readonly CampaignRoad[], part: string): Feature[] => list.map((r) => ({ type: "Feature", properties: { part, name: r.name }, geometry: { type: "MultiLineString", coordinates: r.lines as LngLat[][] } }));
  return { type: "FeatureCollection", features: [...lines(found, "found"), ...lines(roads, "road"), ...(meet === null ? [] : [at(meet, { part: "meet", label })])] };
}

// pairFeatures is the walks of a day, in colours and with the number of the pair at the
// middle of what it looks along; of one that is chosen its stops in order.
export function pairFeatures(day: CampaignDay | null, chosen: number | null): FeatureCollection {
  const features: Feature[] = [];
  for (const p of day?.pairs ?? []) {
    const faint = chosen !== null && chosen !== p.n;
    if (p.line.length > 1) features.push({ type: "Feature", properties: { part: "walk", c: (p.n - 1) % pairColours.light.length, faint }, geometry: { type: "LineString", coordinates: p.line as LngLat[] } });
    const middle = p.stops[Math.floor(p.stops.length / 2)];
    if (middle !== undefined && chosen !== p.n) features.push(at(middle.at as LngLat, { part: "pair", c: (p.n - 1) % pairColours.light.length, n: String(p.n), faint }));
    if (chosen === p.n) p.stops.forEach((s) => features.push(at(s.at as LngLat, { part: "stop", c: (p.n - 1) % pairColours.light.length, n: String(s.n), faint: false })));
  }
  return { type: "FeatureCollection", features };
}

// countsOf adds up what was found, by item.
export function countsOf(day: Pick<CampaignDay, "checklist" | "sheets">): CampaignCount[] {
  return day.checklist.map((i) => {
    const all = day.sheets.flatMap((s) => s.counts).filter((c) => c.item === i.code);
    const sum = (of: (c: CampaignCount) => number) => all.reduce((n, c) => n + of(c), 0);
    return { item: i.code, found: sum((c) => c.found), fixed: sum((c) => c.fixed), notices: sum((c) => c.notices) };
  });
}
