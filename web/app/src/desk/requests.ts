// What the desk asks and changes about what goes on.
import { api, take } from "../api/client";
import type { Bounds, LngLat } from "../api/types";
import type { ServerStage } from "../live/lags";
import type { Alert, Candidate, Exclusion, Outcome, Run, Task, Unit, Walk } from "../live/wire";

export interface Nearest {
  candidates: Candidate[];
  others: Exclusion[];
}

// A TrackPoint is where the subject of an alert was.
export interface TrackPoint {
  t: string;
  at: LngLat;
  accuracy_m: number; // 0: not told
}

export interface Owner {
  owner: string;
  phone: string;
  home: LngLat | null;
}

export interface Tow {
  task: Task;
  vehicle: { id: number; plate: string };
  extra_s: number; // by how much the truck's run gets longer
  arrive: string;
}

type Answer = Promise<{ data?: never; error?: unknown; response: Response }>;
type Ask = (path: string, o?: object) => Answer;
// The socket's forms are ours; these routes answer with the same.
const { GET, POST } = api as unknown as { GET: Ask; POST: Ask };
const at = (id: number, body?: object) => ({ params: { path: { id } }, ...(body === undefined ? {} : { body }) });
const once = () => ({ "Idempotency-Key": crypto.randomUUID() });

export const desk = {
  ack: (id: number) => take<Alert>(POST("/api/alerts/{id}/ack", at(id, { note: "" }))),
  note: (id: number, note: string) => take<Alert>(POST("/api/alerts/{id}/note", at(id, { note }))),
  close: (id: number, outcome: Outcome, note: string) => take<Alert>(POST("/api/alerts/{id}/close", at(id, { outcome, note }))),
  send: (id: number, person: number, note: string) => take<Alert>(POST("/api/alerts/{id}/send", { ...at(id, { person, note }), headers: once() })),
  nearest: (id: number, signal?: AbortSignal) => take<Nearest>(GET("/api/alerts/{id}/nearest", { ...at(id), signal })),
  track: async (id: number) => (await take<{ track: TrackPoint[] }>(GET("/api/alerts/{id}/track", at(id)))).track,
  owner: (id: number, why: string) => take<Owner>(POST("/api/alerts/{id}/owner", at(id, { why }))),
  units: async (signal?: AbortSignal) => (await take<{ units: Unit[] }>(GET("/api/units", { signal }))).units,
  unitsIn: async ([w, s, e, n]: Bounds) => (await take<{ units: Unit[] }>(GET("/api/units", { params: { query: { bbox: [w, s, e, n].join() } } }))).units,
  latency: (signal?: AbortSignal) => take<{ window_s: number; stages: ServerStage[] }>(GET("/api/latency", { signal })),
  walks: async (signal?: AbortSignal) => (await take<{ walks: Walk[] }>(GET("/api/walks", { signal }))).walks,
  runs: async (signal?: AbortSignal) => (await take<{ runs: Run[] }>(GET("/api/runs", { signal }))).runs,
  tow: (where: LngLat, note: string) => take<Tow>(POST("/api/tows", { body: { at: where, note }, headers: once() })),
};
