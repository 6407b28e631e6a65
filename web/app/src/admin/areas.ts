import type { Area, AreaKind } from "../api/types";

export interface Row {
  area: Area;
  depth: number;
}

// flatten lists a tree of areas from the root down, children by code and id. An
// area whose parent is not in the list counts as a root: an admin of one town
// sees only that town.
export function flatten(areas: Area[]): Row[] {
  const known = new Set(areas.map((a) => a.id));
  const children = new Map<number, Area[]>();
  for (const a of areas) {
    const parent = known.has(a.parent) && a.parent !== a.id ? a.parent : 0;
    children.set(parent, [...(children.get(parent) ?? []), a]);
  }
  const out: Row[] = [];
  const walk = (parent: number, depth: number) => {
    const sorted = (children.get(parent) ?? []).sort((a, b) => a.code.localeCompare(b.code) || a.id - b.id);
    for (const area of sorted) {
      out.push({ area, depth });
      if (area.id !== 0) walk(area.id, depth + 1);
    }
  };
  walk(0, 0);
  return out;
}

// below is an area and all under it: where it can not be moved to.
export function below(areas: Area[], id: number): Set<number> {
  const out = new Set([id]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const a of areas)
      if (out.has(a.parent) && !out.has(a.id)) {
        out.add(a.id);
        grown = true;
      }
  }
  return out;
}

// kindsUnder are the levels that may stand under one.
export function kindsUnder(parent: AreaKind): Exclude<AreaKind, "bureau">[] {
  if (parent === "bureau") return ["town", "community", "station"];
  if (parent === "town") return ["community", "station"];
  if (parent === "community") return ["station"];
  return [];
}
