// Zones as a planner changes them. Every change names the version that it was made
// on, and is refused with 412 when somebody changed the zone since.
import type { Feature, MultiPolygon, Polygon } from "geojson";
import type { Spec } from "../zones/week";
import { ask } from "./ask";
import type { ZoneKind, ZoneProperties } from "./ground";
import type { LngLat, Names } from "./types";

export const sides = ["left", "right", "both"] as const;
export type Side = (typeof sides)[number];

export interface Drawn {
  lines?: LngLat[][];
  side?: Side;
  width_m?: number;
  point?: LngLat;
  radius_m?: number;
}

export const ruleKinds = ["none", "inside-while-active", "dwell", "corridor", "curfew", "head-count", "speed"] as const;
export type RuleKind = (typeof ruleKinds)[number];

export interface ZoneRule {
  kind: RuleKind;
  longer_s?: number;
  home_m?: number;
  most?: number;
  speed_kmh?: number;
  remind_s?: number;
  escalate_s?: number;
}

export const zoneClasses = ["person", "vehicle", "dog"] as const;
export type ZoneClass = (typeof zoneClasses)[number];

export interface ZoneDetail extends ZoneProperties {
  rule: ZoneRule;
  calendar: Spec | null;
  drawn: Drawn | null;
  subjects?: number[];
  tags?: string[];
  version: number;
}

export type ZoneFeature = Feature<Polygon | MultiPolygon, ZoneDetail>;

export interface ZoneForm {
  type: "Feature";
  geometry?: Polygon | MultiPolygon;
  properties: { name: Names; kind: ZoneKind; drawn: Drawn | null; rule: ZoneRule; calendar: Spec | null; classes: ZoneClass[]; subjects: number[]; tags: string[] };
}

export interface ZoneKindInfo {
  kind: ZoneKind;
  shape: "area" | "street" | "point";
  width_m?: number;
  radius_m?: number;
  rule: ZoneRule;
  classes: ZoneClass[];
}

export interface ZoneAnswer {
  active: boolean;
  next_change: string | null;
  when: Names;
  windows: { from: string; to: string }[];
  drawn: Drawn | null;
  geometry: Polygon | MultiPolygon | null;
  area_m2: number;
  off_street: boolean;
}

export interface ZoneFault {
  line: number; // the row, from 1
  field: string;
  what: string;
  mend: string;
  at?: LngLat;
}

// A PlaceImport is what is in a file of zones or of objects, and what became of it.
export interface PlaceImport {
  format: string;
  rows: number;
  lines?: number; // of zones
  points?: number;
  kinds?: Record<string, number>; // of objects
  columns: { name: string; samples: string[] }[];
  name: string;
  datum: string;
  better?: string;
  on_streets: number;
  better_on_streets: number;
  at_streets: number;
  segments: number;
  left: number;
  right: number;
  good: number;
  faults: ZoneFault[];
  more_faults: number;
  imported: number;
}

export interface ImportOrder {
  kind: ZoneKind;
  name?: string;
  datum?: string;
  width?: string;
  radius?: string;
  apart?: boolean;
  apply?: boolean;
  skip?: boolean;
}

async function bring(file: File, o: ImportOrder): Promise<PlaceImport> {
  const q = new URLSearchParams({ kind: o.kind });
  const metres = (text: string | undefined) => (text !== undefined && Number(text) > 0 ? text : "");
  for (const [name, value] of [["name", o.name], ["datum", o.datum], ["width_m", metres(o.width)], ["radius_m", metres(o.radius)], ["apart", o.apart], ["apply", o.apply], ["skip", o.skip]] as const) if (value !== undefined && value !== "" && value !== false) q.set(name, String(value));
  return ask<PlaceImport>("POST", `/api/zones/import?${q.toString()}`, { body: new Blob([file], { type: "application/octet-stream" }) });
}

export const zones = {
  import: bring,
  kinds: async (signal?: AbortSignal) => (await ask<{ kinds: ZoneKindInfo[] }>("GET", "/api/zones/kinds", { signal })).kinds,
  add: (body: ZoneForm) => ask<ZoneFeature>("POST", "/api/zones", { body }),
  change: (id: number, version: number, body: ZoneForm) => ask<ZoneFeature>("PATCH", `/api/zones/${id}`, { version, body }),
  remove: (id: number, version: number) => ask<undefined>("DELETE", `/api/zones/${id}`, { version }),
  preview: (body: { calendar?: Spec | null; drawn?: Drawn | null; snap?: boolean; at?: string }, signal?: AbortSignal) => ask<ZoneAnswer>("POST", "/api/zones/preview", { body, signal }),
};
