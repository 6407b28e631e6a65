// Streets that are closed or slower for a time, and what is reached in minutes.
import type { FeatureCollection, MultiPolygon, Polygon } from "geojson";
import { ask } from "./ask";
import type { components } from "./schema";
import type { LngLat, Profile } from "./types";

export type Closure = components["schemas"]["Closure"];

export interface Drawn {
  type: "MultiPoint" | "LineString" | "Polygon";
  coordinates: LngLat[] | LngLat[][];
}

export interface ClosureForm {
  reason?: string;
  drawn: Drawn;
  direction: "both" | "along" | "against";
  profiles: string[];
  speed_kmh: number | null;
  speed_share: number | null; // what remains of the usual speed
  calendar: Closure["calendar"]; // when in between; null: always
  from?: string | null;
  to: string | null;
}

export interface ClosurePreview {
  streets: { type: "MultiLineString"; coordinates: LngLat[][] };
  names: string[];
  segments: number;
  length_m: number;
  holds: boolean; // else it would be a proposal
}

export type Reached = FeatureCollection<Polygon | MultiPolygon, { minutes: number }>;

const one = (c: Pick<Closure, "id">) => `/api/closures/${c.id}`;

export const closures = {
  list: async (lang: string, signal?: AbortSignal) => (await ask<{ closures: Closure[] }>("GET", `/api/closures?lang=${lang}`, { signal })).closures,
  preview: (body: Pick<ClosureForm, "drawn" | "direction" | "profiles">, signal?: AbortSignal) => ask<ClosurePreview>("POST", "/api/closures/preview", { body, signal }),
  add: (body: ClosureForm) => ask<Closure>("POST", "/api/closures", { body }),
  change: (c: Pick<Closure, "id" | "version">, body: Partial<ClosureForm>) => ask<Closure>("PATCH", one(c), { body, version: c.version }),
  remove: (c: Closure) => ask<undefined>("DELETE", one(c), { version: c.version }),
  decide: (c: Closure, verb: "approve" | "decline") => ask<Closure>("POST", `${one(c)}/${verb}`, { version: c.version }),
};

export interface ReachAsked {
  profile: Profile;
  from: LngLat;
  minutes: readonly number[];
  at: string | null; // when one leaves; null: now
  ferries: boolean;
}

export const reach = ({ profile, from, minutes, at, ferries }: ReachAsked, signal?: AbortSignal) =>
  ask<Reached>(
    "GET",
    `/api/isochrone?${new URLSearchParams({ profile, from: from.join(","), minutes: minutes.join(","), ...(at === null ? {} : { at }), ...(ferries ? { ferries: "true" } : {}) }).toString()}`,
    { signal },
  );
