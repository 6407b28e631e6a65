// What the phone asks of the server besides the socket. Plain requests: they are
// few, and an outbox must know a refusal from silence.
import { Problem, Unreachable } from "../api/problem";
import type { components } from "../api/schema";
import type { CampaignCount, CampaignSheet } from "../plans/requests";
import type { Run, Task, Walk } from "../live/wire";
import type { Route, MapInfo, LngLat } from "../api/types";
import type { WaitingStep } from "./outbox";

async function ask<T>(path: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, headers: { Accept: "application/json", ...init.headers } });
  } catch (cause) {
    throw new Unreachable(cause);
  }
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => null));
  return (await answer.json()) as T;
}

export const readWalks = async (): Promise<Walk[]> => (await ask<{ walks: Walk[] | null }>("/api/walks")).walks ?? [];
export const readRuns = async (): Promise<Run[]> => (await ask<{ runs: Run[] | null }>("/api/runs")).runs ?? [];
export const readTasks = async (): Promise<Task[]> => (await ask<{ tasks: Task[] | null }>("/api/tasks")).tasks ?? [];
export type CampaignTurn = components["schemas"]["CampaignTurn"];
export const readTurns = async (): Promise<CampaignTurn[]> => (await ask<{ days: CampaignTurn[] }>("/api/campaign-days/mine")).days;
export const tellSheet = (turn: CampaignTurn, road: number, version: number, body: { counts: CampaignCount[]; note: string }): Promise<CampaignSheet> =>
  ask(`/api/campaign-days/${turn.day}/sheets/${turn.pair}/${road}`, { method: "PUT", headers: { "Content-Type": "application/json", "If-Match": String(version) }, body: JSON.stringify(body) });
export const readMap = (): Promise<MapInfo> => ask("/api/map");

export const tellStep = ({ task, to, at, note, key }: WaitingStep): Promise<Task> =>
  ask(`/api/tasks/${task}/${to}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify({ at, note }),
  });

export const readWay = (profile: "foot" | "car", from: LngLat, to: LngLat): Promise<Route> =>
  ask(`/api/route?profile=${profile}&from=${from.join(",")}&to=${to.join(",")}`);
