// The forms that come over the socket and from the routes around it, as
// docs/live-protocol.md says. Times are RFC 3339 in UTC.
import type { Bounds, LngLat, Names } from "../api/types";

export type Time = string;
export type Grade = "possible" | "likely" | "confirmed";
export type AlertState = "open" | "acknowledged" | "dispatched" | "closed";
export type TaskState = "sent" | "received" | "arrived" | "done" | "declined" | "recalled";
export type Outcome = "handled" | "nothing-found" | "false-alarm" | "dismissed";
export type AlertVerb = "begin" | "raise" | "end" | "correct" | "withdraw" | "acknowledge" | "send" | "recall" | "arrive" | "note" | "close";
export type UnitKind = "officer" | "tow-truck" | "sanitation-truck" | "patrol-car" | "boat" | "drone" | "camera" | "dog";
export type Duty = "on" | "off" | "busy";

export const outcomes = ["handled", "nothing-found", "false-alarm", "dismissed"] as const satisfies readonly Outcome[];

export interface Who {
  id: number;
  name: string;
}

// A Unit is what moves on the map: an officer, a vehicle, a dog.
export interface Unit {
  id: string; // "p9" a person on foot, "v3" a vehicle, "d17" a dog
  n: number; // its number in binary frames, until the connection ends
  kind: UnitKind;
  name: string;
  team?: number;
  at: LngLat;
  t: Time;
  heading?: number;
  speed_kmh?: number;
  duty?: Duty;
  alert: Grade | null;
  accuracy_m?: number;
}

export interface Subject {
  class: string;
  id: number;
  name: string;
  licence?: string;
}

export interface AlertStep {
  at: Time;
  who: Who | null; // null is the program
  verb: AlertVerb;
  to: Who | null;
  note: string;
}

export interface Alert {
  id: number;
  seq: number;
  subject: Subject;
  zone: { id: number; name: Names; kind: string };
  rule: string;
  grade: Grade;
  state: AlertState;
  began: Time;
  ended: Time | null;
  withdrawn: boolean;
  at: LngLat;
  seen: Time;
  grid: { id: number; code: string; name: Names } | null;
  team: number | null;
  sent: Who | null;
  arrived: Time | null;
  outcome: Outcome | "";
  history: AlertStep[];
}

export interface TaskStep {
  to: TaskState;
  at: Time;
  note: string;
}

export interface Task {
  id: number;
  seq: number;
  kind: "alert" | "tow";
  alert: number | null;
  about: { subject: Subject; zone: Alert["zone"]; grade: Grade } | null;
  note: string; // what to do, as the sender wrote it
  person: Who;
  state: TaskState;
  at: LngLat;
  sent: Time;
  by: Who | null;
  steps: TaskStep[];
}

export interface Candidate {
  person: Who;
  minutes: number; // by road
  distance_m: number;
  by: string; // a profile: foot, patrol-car, e-bike ...
  own_grid: boolean;
  open: number; // tasks already open
  age_s: number; // of the position this is reckoned from
}

export interface Exclusion {
  person: Who;
  why: "off-duty" | "busy" | "no-fix" | "old-fix" | "no-way" | "farther" | "no-engine";
}

export interface WalkStop {
  n: number;
  street: string;
  at: LngLat;
  metres: number;
  eta: Time;
  done: boolean;
  reason: Names[]; // why it comes where it does
}

// A CalledSpot is one of the spots that are called at together.
export interface CalledSpot {
  spot: number;
  name: Names;
  theme: string;
  at: LngLat;
  open: Time; // the call begins
  close: Time; // within these
  stay_s: number;
  seen: Time | null; // when somebody was there, by the tracks
}

export interface WalkCall {
  n: number;
  at: LngLat;
  eta: Time;
  leave: Time;
  from_m: number; // along the line
  done: boolean;
  spots: CalledSpot[];
}

export interface Walk {
  shift: number;
  person: Who;
  team: number;
  from: Time;
  to: Time;
  start: Time;
  end: Time;
  minutes: number;
  served_m: number;
  dead_m: number;
  line: LngLat[];
  done_m: number; // so much of the line is walked
  progress: number; // 0..1
  next: number; // index of the first stop not done; -1 = all are
  planned: boolean; // false: there is a shift, and no walk for it yet
  stops: WalkStop[];
  calls: WalkCall[]; // in order
  campaign?: { day: number; name: Names; pair: number; with: Who[] } | null; // null: a beat; else from and to are the campaign's
}

export interface RunStop {
  n: number;
  kind: "job" | "site";
  task: number | null;
  at: LngLat;
  name: string; // of a site, see names; a job's note
  names?: Names; // of a site
  arrive: Time;
  leave: Time;
  load: number;
}

export interface Run {
  vehicle: { id: number; plate: string; kind: string };
  driver: Who;
  from: Time;
  to: Time;
  end: Time;
  line: LngLat[];
  stops: RunStop[];
}

// A Look is what the map shows; the server sends units of it alone.
export interface Look {
  bounds: Bounds;
  zoom: number;
  keep?: readonly string[]; // units that are told one by one where others are counted
}

export interface Fix {
  t: Time;
  at: LngLat;
  accuracy_m?: number;
  speed_kmh?: number;
  heading?: number;
}

export interface Verdict {
  stored: boolean;
  why?: string;
  what?: string;
}

export type FromServer =
  | { type: "welcome"; now: Time; speed: number; seq: number; scope: string; tick_ms: number }
  | { type: "snapshot"; t: Time; units: Unit[]; counted?: boolean; alerts?: Alert[] | null; tasks?: Task[] | null }
  | { type: "units"; t: Time; units: Unit[] }
  | { type: "gone"; units: string[] }
  | { type: "alert"; seq: number; alert: Alert }
  | { type: "task"; seq: number; task: Task }
  | { type: "streets"; version: number }
  | { type: "plan"; version: number }
  | { type: "pong"; n: number; now: Time }
  | { type: "stored"; n: number; verdicts: Verdict[] }
  | { type: "error"; to: string; what: string }
  | { type: "bye"; why: string; again: boolean };

export type ToServer =
  | { type: "hello"; since?: number; scope?: string; view?: Look; binary?: boolean; counts?: boolean }
  | { type: "view"; view: Look }
  | { type: "ping"; n: number }
  | { type: "fix"; n: number; fixes: Fix[] };
