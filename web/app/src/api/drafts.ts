// Drafts of a plan: a city cut into unit grids, each painted with the part (a
// responsibility grid to be) that it belongs to. Every change names the version it
// was made on, and is refused with 412 when somebody changed the draft since.
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from "geojson";
import { ask } from "./ask";
import type { PersonName } from "./ground";
import type { ObjectKind } from "./objects";
import type { LngLat, Names } from "./types";

export type DraftState = "open" | "submitted" | "approved" | "published" | "discarded";

export interface Draft {
  id: number;
  name: string;
  version: number;
  state: DraftState;
  base: { plan: number; version: number } | null;
  author: PersonName | null;
  changed_at: string;
  changed_by: PersonName | null;
  submitted_by: PersonName | null;
  approved_by: PersonName | null;
  units: number;
  parts: number;
  undo: number; // steps that can be undone, and done again
  redo: number;
}

export interface Staffing {
  liaison: number;
  officers: number;
  supervisors: number;
}

export interface Part {
  id: number;
  code: string;
  name: Names;
  team: number | null;
  member: PersonName | null;
  tasks: string[];
  staffing: Staffing | null;
  locked: boolean;
  units: number;
  minutes: number;
  area_m2: number;
  compactness: number; // by Polsby and Popper, 1 for a disc
  connected: boolean;
  objects: Partial<Record<ObjectKind, number>>; // of the register, that stand there
}

export interface Summary {
  max_over_mean: number;
  mean_minutes: number;
  cv: number;
  lower_bound: number; // of max_over_mean: no cut of these unit grids is better
  connected: boolean;
  compactness_mean: number;
  cut_km: number;
  unpainted: number;
}

export interface DraftFault {
  what: string; // unpainted, apart or empty
  at?: LngLat;
  part?: number;
}

export interface Candidate extends PersonName {
  team: number | null;
}

export interface DraftDetail {
  draft: Draft;
  parts: Part[];
  summary: Summary;
  faults: DraftFault[];
  members?: Candidate[]; // who can be made responsible
}

export interface UnitProperties {
  id: number;
  part: number; // 0: none
  minutes: number;
}

export type UnitFeature = Feature<Polygon | MultiPolygon, UnitProperties>;
export type UnitFeatures = FeatureCollection<Polygon | MultiPolygon, UnitProperties>;

export type Along = "line" | "streets";

export type Edit =
  | { op: "paint"; units: number[]; part: number }
  | { op: "split_unit"; unit: number; line: LngLat[] }
  | { op: "merge_units"; units: number[] }
  | { op: "split_part"; part: number; line: LngLat[]; along: Along }
  | { op: "merge_parts"; parts: number[] } // the first keeps its id
  | { op: "move_vertex"; from: LngLat; to: LngLat; snap: boolean }
  | { op: "new_part"; name: Names }
  | { op: "rename"; part: number; name: Names }
  | { op: "assign"; part: number; team: number | null; member: number | null; tasks: string[]; staffing?: Staffing }
  | { op: "lock"; part: number; locked: boolean };

// A Change is what an edit, an undo or a redo did.
export interface Change {
  draft: Draft;
  units: UnitFeature[]; // changed or new
  removed: number[];
  painted: { unit: number; part: number }[];
  parts: Part[]; // changed or new
  removed_parts: number[];
  summary: Summary;
  faults?: DraftFault[];
}

export interface Proposal {
  seed: number;
  summary: Summary;
  painted: number[]; // the part of each unit, in the order of the units
}

export interface ProposalForm {
  count: number; // of parts that aren't locked
  seconds: number; // for all seeds together
}

export interface MoveEnd {
  name: Names;
  team: number | null;
  member: PersonName | null;
}

export interface Move {
  from: MoveEnd | null; // null: nobody's
  to: MoveEnd | null;
  units: number;
  minutes: number;
  area_m2: number;
}

export interface Comparison {
  moves: Move[];
  geometry: FeatureCollection<Polygon | MultiPolygon, { move: number }>;
  summary_before: Summary | null;
  summary_after: Summary;
}

export interface NewDraft {
  name: string;
  source: "streets" | "plan" | "draft";
  draft?: number;
  count?: number;
  seconds?: number;
  seed?: number;
  size_m2?: number; // about, of a unit grid
}

export type Step = "submit" | "approve" | "reject" | "reopen";

const path = (id: number, rest = "") => `/api/drafts/${id}${rest}`;

export const drafts = {
  list: async (signal?: AbortSignal) => (await ask<{ drafts: Draft[] }>("GET", "/api/drafts", { signal })).drafts,
  create: (body: NewDraft) => ask<Draft>("POST", "/api/drafts", { body }),
  get: (id: number, signal?: AbortSignal) => ask<DraftDetail>("GET", path(id), { signal }),
  units: (id: number, signal?: AbortSignal) => ask<UnitFeatures>("GET", path(id, "/units"), { signal }),
  edit: (id: number, version: number, edits: Edit[]) => ask<Change>("POST", path(id, "/edits"), { version, body: { edits } }),
  undo: (id: number, version: number) => ask<Change>("POST", path(id, "/undo"), { version, body: {} }),
  redo: (id: number, version: number) => ask<Change>("POST", path(id, "/redo"), { version, body: {} }),
  propose: async (id: number, form: ProposalForm & { seeds: number[] }, signal?: AbortSignal) => (await ask<{ proposals: Proposal[] }>("POST", path(id, "/proposals"), { body: form, signal })).proposals,
  accept: (id: number, version: number, form: ProposalForm & { seed: number }) => ask<Change>("POST", path(id, "/proposals/accept"), { version, body: form }),
  compare: (id: number, signal?: AbortSignal) => ask<Comparison>("GET", path(id, "/compare"), { signal }),
  step: (id: number, version: number, step: Step, note: string) => ask<Draft>("POST", path(id, `/${step}`), { version, body: { note } }),
  publish: (id: number, version: number, from: string | null) => ask<{ plan: { id: number; version: number; from: string }; draft: Draft }>("POST", path(id, "/publish"), { version, body: { from } }),
  discard: (id: number, version: number) => ask<undefined>("DELETE", path(id), { version }),
};

// PlanStaffing is how many people the grids of the plan are to have, and have by the
// roster of seven days.
export interface PlanStaffing {
  missing: number;
  grids: { grid: { id: number; code: string; name: Names }; team: number | null; want: Staffing; have: Staffing; missing: Staffing }[];
}

export const staffing = (signal?: AbortSignal) => ask<PlanStaffing>("GET", "/api/plan/staffing", { signal });
