// What travels between the server and the app, under the app's names. The shapes
// come from the server's own description; see `npm run gen`.
import type { components } from "./schema";

type S = components["schemas"];

export type LngLat = [number, number];
export type Bounds = [number, number, number, number];
export type Names = Record<string, string>;

export type Session = S["SessionInfo"];
export type Me = S["SessionPerson"];
export type Person = S["Person"];
export type NewPerson = S["NewPerson"];
export type Grant = S["Grant"];
export type Role = Grant["role"];
export type Area = S["Area"];
export type AreaKind = Area["kind"];
export type Authority = S["TrustAuthority"];
export type ImportJob = S["ImportJob"];
export type SetupState = S["SetupInfo"];
export type SetupForm = S["SetupInputBody"];
export type MapInfo = S["MapInfo"];
export type Hit = S["Hit"];
export type HitKind = Hit["kind"];
export type Route = S["Route"];
export type NearStreet = S["Street"];
export type RoleRights = S["Role"];
export type AuditEntry = S["AuditEntry"];
export type Hook = S["Hook"];
export type DeadLetter = S["DeadLetter"];
export type Profile = string; // a name of MapInfo.profiles

export const roles = ["dispatcher", "call-taker", "team-leader", "officer", "driver", "planner", "police", "admin", "auditor"] as const satisfies readonly Role[];
