// The bureau's registers: what it has, and who works when. All are read, changed
// and imported in one way.
import { ask } from "./ask";
import type { Station, Team } from "./ground";
import type { LngLat, Person } from "./types";

export type { Station, Team } from "./ground";

export const vehicleKinds = ["patrol-car", "tow-truck", "sanitation-truck", "boat", "e-bike"] as const;
export const deviceClasses = ["phone", "vehicle", "dog-tag"] as const;
export const duties = ["officer", "liaison", "supervisor"] as const; // as what somebody works for a grid
export const datums = ["wgs84", "gcj02", "bd09"] as const;
export const protocols = ["osmand", "owntracks", "json", "jt808", "gt06", "h02", "watch", "teltonika", "topin", "mqtt"] as const;

export interface Vehicle {
  id: number;
  plate: string;
  kind: (typeof vehicleKinds)[number];
  team: number | null;
  capacity: number;
  retired: boolean;
  tags: string[]; // what rules of zones name it by
  version: number;
}

// A Dog without its owner: those who may know are told on an alert alone.
export interface Dog {
  id: number;
  name: string;
  licence: string;
  breed: string;
  owner: string; // masked
  owner_phone: string; // masked
  home?: LngLat | null; // written, never read
  area: number;
  retired: boolean;
  tags: string[]; // what rules of zones name it by
  version: number;
}

export interface Subject {
  class: "person" | "vehicle" | "dog";
  id: number;
}

export interface Device {
  id: string;
  class: (typeof deviceClasses)[number];
  protocol: string;
  datum: (typeof datums)[number];
  subject: Subject | null;
  subject_name: string;
  has_secret: boolean;
  disabled: boolean;
  version: number;
}

export interface Shift {
  id: number;
  person: number;
  name: string; // of the person
  team: number;
  vehicle: number | null;
  duty: (typeof duties)[number];
  from: string;
  to: string;
  version: number;
}

export interface Entries {
  people: Person;
  teams: Team;
  stations: Station;
  vehicles: Vehicle;
  devices: Device;
  dogs: Dog;
  shifts: Shift;
}

export type RegisterName = keyof Entries;

export interface Fault {
  line: number; // from 1, which is the header
  field: string; // the column; "" is the whole line
  what: string;
  mend: string;
}

export interface ImportReport {
  rows: number;
  faults: Fault[];
  imported: number;
}

const question = (query: Record<string, string>) => {
  const text = new URLSearchParams(query).toString();
  return text === "" ? "" : `?${text}`;
};
const one = (name: RegisterName, id: number | string) => `/api/${name}/${encodeURIComponent(id)}`;

export const registers = {
  list: async <N extends RegisterName>(name: N, query: Record<string, string> = {}, signal?: AbortSignal): Promise<Entries[N][]> => {
    const answer = await ask<Record<string, Entries[N][]>>("GET", `/api/${name}${question(query)}`, { signal });
    return answer[name] ?? [];
  },
  add: (name: RegisterName, body: object) => ask<object>("POST", `/api/${name}`, { body }),
  change: (name: RegisterName, id: number | string, version: number, body: object) => ask<object>("PATCH", one(name, id), { body, version }),
  remove: (name: RegisterName, id: number | string, version: number) => ask<undefined>("DELETE", one(name, id), { version }),
  addDevice: (body: object) => ask<{ device: Device; secret: string }>("POST", "/api/devices", { body }),
  newSecret: (id: string, version: number) => ask<{ secret: string }>("POST", `${one("devices", id)}/secret`, { version }),
  // import sends a file as it is: the server knows its encodings.
  import: (name: RegisterName, file: Blob, dryRun: boolean) => ask<ImportReport>("POST", `/api/${name}/import${dryRun ? "?dry_run=true" : ""}`, { body: file }),
  exportPath: (name: RegisterName, query: Record<string, string>) => `/api/${name}/export${question(query)}`,
};
