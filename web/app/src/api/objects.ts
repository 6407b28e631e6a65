// Objects of the register: what stands at a place for years. Each is of one unit grid
// and one responsibility grid, whatever the plan.
import { ask } from "./ask";
import type { LngLat, Names } from "./types";
import type { ImportOrder, PlaceImport } from "./zones";

export const objectKinds = ["shop", "caterer", "breakfast", "building", "property", "community", "volunteers", "contact", "station", "camera"] as const;
export type ObjectKind = (typeof objectKinds)[number];

// What fronts on a street: patrols look in, so it is part of a grid's work.
export const frontages: readonly ObjectKind[] = ["shop", "caterer", "breakfast"];

// bring takes a file of objects; without a kind a column of it says what each is.
export async function bringObjects(file: File, o: Omit<ImportOrder, "kind"> & { kind: ObjectKind | "" }): Promise<PlaceImport> {
  const q = new URLSearchParams();
  for (const [name, value] of [["kind", o.kind], ["name", o.name], ["datum", o.datum], ["apart", o.apart], ["apply", o.apply], ["skip", o.skip]] as const) if (value !== undefined && value !== "" && value !== false) q.set(name, String(value));
  return ask<PlaceImport>("POST", `/api/objects/import?${q.toString()}`, { body: new Blob([file], { type: "application/octet-stream" }) });
}

export interface RegisterObject {
  id: number;
  code: string;
  name: Names;
  kind: ObjectKind;
  at: LngLat;
  street: { side: "left" | "right" | "on"; street?: string } | null;
  unit: string;
}

export interface ObjectList {
  objects: RegisterObject[];
  kinds: Partial<Record<ObjectKind, number>>;
}

export const listObjects = (signal?: AbortSignal) => ask<ObjectList>("GET", "/api/objects", { signal });
