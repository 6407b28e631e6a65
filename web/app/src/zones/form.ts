// What a planner has written of a zone, and how it is sent.
import { tagsOf } from "../fleet/fields";
import { zoneClasses, type RuleKind, type ZoneClass, type ZoneFeature, type ZoneForm, type ZoneKindInfo, type ZoneRule } from "../api/zones";
import type { ZoneKind } from "../api/ground";
import type { Bounds, Names } from "../api/types";
import { polygons } from "../map/anchor";
import { drawnOf, geometryOf, isEmpty, sketchOf, type Shape, type Sketch } from "./sketch";
import { fromSpec, hoursOf, monthDay, noHours, readWindow, toSpec, type Hours, type Spec } from "./week";

export interface Form {
  id: number | null; // null: a new one
  version: number;
  names: Names;
  kind: ZoneKind;
  sketch: Sketch;
  rule: RuleKind;
  longer: string; // minutes
  home: string; // metres
  most: string;
  speed: string; // km/h
  remind: string; // minutes; empty: never
  escalate: string;
  classes: ZoneClass[];
  subjects: string; // ids
  tags: string;
  always: boolean;
  hours: Hours;
  zone: string | null; // of the calendar that is there; null: the bureau's
  kept: Spec | null; // a calendar that isn't painted
}

// A Lack is what keeps a form from being sent: a key of its words.
export type Lack = "name" | "ground" | "longer" | "home" | "most" | "speed" | "calls" | "classes" | "oneClass" | "subjects" | "hours" | "season" | "exception";

const numbers = (r: ZoneRule) => ({
  longer: r.longer_s === undefined ? "5" : String(Math.round((r.longer_s / 60) * 100) / 100),
  home: String(r.home_m ?? 100),
  most: String(r.most ?? 20),
  speed: String(r.speed_kmh ?? 15),
});

// Of an alert that nobody acknowledges; 0 and left out are never.
const minutes = (s: number | undefined): string => (s === undefined || s === 0 ? "" : String(Math.round((s / 60) * 100) / 100));
const calls = (r: ZoneRule) => ({ remind: minutes(r.remind_s), escalate: minutes(r.escalate_s) });

export function emptySketch(shape: Shape, info: Pick<ZoneKindInfo, "width_m" | "radius_m"> | undefined): Sketch {
  if (shape === "street") return { shape, lines: [], side: "both", width: info?.width_m ?? 6 };
  if (shape === "point") return { shape, point: null, radius: info?.radius_m ?? 30 };
  return { shape, areas: [] };
}

export function newForm(info: ZoneKindInfo): Form {
  return { id: null, version: 0, names: {}, kind: info.kind, sketch: emptySketch(info.shape, info), rule: info.rule.kind, ...numbers(info.rule), ...calls(info.rule), classes: info.classes, subjects: "", tags: "", always: true, hours: { periods: [{ seasons: [], week: noHours }], exceptions: [] }, zone: null, kept: null };
}

// ofKind is the form with what zones of another kind mostly are; what is drawn stays.
export function ofKind(f: Form, info: ZoneKindInfo): Form {
  return { ...f, kind: info.kind, rule: info.rule.kind, ...numbers(info.rule), classes: info.classes, subjects: "", tags: "", sketch: isEmpty(f.sketch) ? emptySketch(info.shape, info) : f.sketch };
}

export function formOf(z: ZoneFeature): Form {
  const p = z.properties;
  const hours = p.calendar === null ? null : fromSpec(p.calendar);
  return {
    id: p.id,
    version: p.version,
    names: p.name,
    kind: p.kind,
    sketch: sketchOf(z),
    rule: p.rule.kind,
    ...numbers(p.rule),
    ...calls(p.rule),
    classes: zoneClasses.filter((c) => p.classes.includes(c)),
    subjects: (p.subjects ?? []).join(" "),
    tags: (p.tags ?? []).join("; "),
    always: p.calendar === null,
    hours: hours ?? { periods: [{ seasons: [], week: noHours }], exceptions: [] },
    zone: p.calendar?.zone ?? null,
    kept: p.calendar !== null && hours === null ? p.calendar : null,
  };
}

const number = (text: string): number => (text.trim() === "" ? NaN : Number(text.replace(",", ".")));
const within = (text: string, least: number, most: number): boolean => number(text) >= least && number(text) <= most;

export function calendarOf(f: Form, zone: string): Spec | null {
  if (f.always) return null;
  return f.kept ?? toSpec(f.hours, f.zone ?? zone);
}

export function lackOf(f: Form): Lack | null {
  if (Object.values(f.names).every((n) => n.trim() === "")) return "name";
  if (isEmpty(f.sketch)) return "ground";
  const needs: Partial<Record<RuleKind, [Lack, boolean]>> = {
    dwell: ["longer", within(f.longer, 1 / 60, 10_080)],
    corridor: ["longer", within(f.longer, 1 / 60, 10_080)],
    curfew: ["home", within(f.home, 10, 100_000)],
    "head-count": ["most", within(f.most, 1, 10_000) && Number.isInteger(number(f.most))],
    speed: ["speed", within(f.speed, 3, 300)],
  };
  const need = needs[f.rule];
  if (need !== undefined && !need[1]) return need[0];
  if (f.rule !== "none" && [f.remind, f.escalate].some((m) => m.trim() !== "" && !within(m, 0.5, 1440))) return "calls";
  if (f.classes.length === 0) return "classes";
  const ids = subjectsOf(f);
  if (ids.some((id) => !Number.isInteger(id) || id <= 0)) return "subjects";
  if (ids.length > 0 && f.classes.length !== 1) return "oneClass";
  if (f.always || f.kept !== null) return null;
  if (f.hours.periods.every((p) => hoursOf(p.week) === 0) && f.hours.exceptions.every((e) => e.windows.length === 0)) return "hours";
  if (f.hours.periods.some((p) => p.seasons.some((s) => !monthDay(s.from) || !monthDay(s.to)))) return "season";
  if (f.hours.exceptions.some((e) => e.from === "" || e.to === "" || e.to < e.from || e.windows.some((w) => readWindow(w) === null))) return "exception";
  return null;
}

const subjectsOf = (f: Form): number[] => [...new Set(f.subjects.split(/[\s,;，；、]+/).filter((x) => x !== "").map(Number))].sort((a, b) => a - b);

export function ruleOf(f: Form): ZoneRule {
  switch (f.rule) {
    case "dwell":
    case "corridor":
      return { kind: f.rule, longer_s: Math.max(1, Math.round(number(f.longer) * 60)) };
    case "curfew":
      return { kind: f.rule, home_m: number(f.home) };
    case "head-count":
      return { kind: f.rule, most: number(f.most) };
    case "speed":
      return { kind: f.rule, speed_kmh: number(f.speed) };
    default:
      return { kind: f.rule };
  }
}

const seconds = (text: string): number => Math.round(number(text) * 60);

function callsOf(f: Form): Pick<ZoneRule, "remind_s" | "escalate_s"> {
  return { ...(f.remind.trim() === "" ? {} : { remind_s: seconds(f.remind) }), ...(f.escalate.trim() === "" ? {} : { escalate_s: seconds(f.escalate) }) };
}

// bodyOf is what is sent of a form that lacks nothing.
export function bodyOf(f: Form, zone: string): ZoneForm {
  const geometry = geometryOf(f.sketch);
  return {
    type: "Feature",
    ...(geometry === null ? {} : { geometry }),
    properties: {
      name: Object.fromEntries(Object.entries(f.names).filter(([, n]) => n.trim() !== "").map(([lang, n]) => [lang, n.trim()])),
      kind: f.kind,
      drawn: drawnOf(f.sketch),
      rule: f.rule === "none" ? ruleOf(f) : { ...ruleOf(f), ...callsOf(f) },
      calendar: calendarOf(f, zone),
      classes: f.classes,
      subjects: subjectsOf(f),
      tags: f.classes.length === 1 ? tagsOf(f.tags) : [],
    },
  };
}

// What is worth a look in a list of zones.
export type Doubt = "never" | "outside" | "tiny";

export function doubtsOf(z: ZoneFeature, [w, s, e, n]: Bounds): Doubt[] {
  const out: Doubt[] = [];
  const { active, next_change, calendar } = z.properties;
  if (calendar !== null && !active && next_change === null) out.push("never");
  const rings = polygons(z.geometry).map((p) => p[0] ?? []);
  const points = rings.flat();
  if (points.every(([x = 0, y = 0]) => x < w || x > e || y < s || y > n)) out.push("outside");
  const shrink = Math.cos((((s + n) / 2) * Math.PI) / 180);
  let twice = 0;
  for (const ring of rings)
    ring.forEach(([x = 0, y = 0], i) => {
      const [nx = 0, ny = 0] = ring[(i + 1) % ring.length] ?? [];
      twice += x * ny - nx * y;
    });
  if ((Math.abs(twice) / 2) * 111_195 ** 2 * shrink < 1) out.push("tiny");
  return out;
}
