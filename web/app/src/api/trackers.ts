// What is asked about single trackers and dogs.
import type { Alert } from "../live/wire";
import { ask } from "./ask";
import type { Device, Dog } from "./registers";
import type { LngLat } from "./types";

export interface DogPage {
  dog: Dog;
  tags: string[];
  heard: string | null;
  place: { at: LngLat; at_home: boolean; within_m: number } | null;
  alerts: Alert[];
}

export interface FramePosition {
  t: string | null;
  at: LngLat | null;
  valid: boolean;
  speed_kmh: number;
  course: number;
  altitude_m: number;
  attributes: Record<string, unknown> | null;
}

export interface Frame {
  at: string;
  protocol: string;
  address: string;
  length: number;
  hex: string;
  text: string;
  kind: string;
  positions: FramePosition[];
  count: number;
  problem: string;
}

export interface Stranger {
  protocol: string;
  device: string;
  address: string;
  first: string;
  last: string;
  messages: number;
  hex: string;
  at: LngLat | null;
}

export const trackers = {
  dog: (id: number, signal?: AbortSignal) => ask<DogPage>("GET", `/api/dogs/${id}`, { signal }),
  device: (id: string, signal?: AbortSignal) => ask<Device>("GET", `/api/devices/${encodeURIComponent(id)}`, { signal }),
  frames: (id: string, why: string) => ask<{ sent: number; frames: Frame[] }>("POST", `/api/devices/${encodeURIComponent(id)}/frames`, { body: { why } }),
  strangers: async (signal?: AbortSignal) => (await ask<{ strangers: Stranger[] }>("GET", "/api/strangers", { signal })).strangers,
  forget: (s: Pick<Stranger, "protocol" | "device">) => ask<undefined>("POST", "/api/strangers/forget", { body: { protocol: s.protocol, device: s.device } }),
};
