// The city's ground as the server tells it: who answers for it (the plan), what
// holds in it (zones), and where teams start from (stations).
import type { FeatureCollection, MultiPolygon, Polygon } from "geojson";
import { ask } from "./ask";
import type { LngLat, Names } from "./types";
import type { ZoneRule } from "./zones";

export interface PersonName {
  id: number;
  name: string;
}

export interface GridProperties {
  id: number;
  code: string;
  name: Names;
  team: number | null;
  member: PersonName | null;
  tasks: string[];
}

export interface Plan extends FeatureCollection<Polygon | MultiPolygon, GridProperties> {
  plan?: { id: number; version: number; from: string }; // absent: there is none yet
}

export const zoneKinds = ["no-dog", "timed", "no-parking", "strict-road", "parking-frame", "loading", "stall", "market", "drop-off", "station", "water", "other"] as const;
export type ZoneKind = (typeof zoneKinds)[number];

export interface ZoneProperties {
  id: number;
  name: Names;
  kind: ZoneKind;
  classes: string[];
  rule?: ZoneRule;
  active: boolean;
  next_change: string | null;
  when?: Names | null; // the calendar in words; without one the rule holds always
}

export type Zones = FeatureCollection<Polygon | MultiPolygon, ZoneProperties>;

export interface Team {
  id: number;
  code: string;
  name: Names;
  area: number;
  version: number;
}

export interface Station {
  id: number;
  code: string;
  name: Names;
  at: LngLat;
  team: number | null;
  kind: "station" | "pound";
  version: number;
}

export const ground = {
  plan: (signal?: AbortSignal) => ask<Plan>("GET", "/api/plan", { signal }),
  zones: (signal?: AbortSignal) => ask<Zones>("GET", "/api/zones", { signal }),
  stations: async (signal?: AbortSignal) => (await ask<{ stations: Station[] }>("GET", "/api/stations", { signal })).stations,
  teams: async (signal?: AbortSignal) => (await ask<{ teams: Team[] }>("GET", "/api/teams", { signal })).teams,
};
