// What the admin pages need. The server checks every request by its own table;
// this only keeps doors off the screen that would not open.
export const sections = [
  { id: "people", right: "people.read" },
  { id: "areas", right: "areas.edit" },
  { id: "roles", right: "roles.read" },
  { id: "audit", right: "audit.read" },
  { id: "map", right: "map.import" },
  { id: "hooks", right: "hooks.edit" },
] as const;

export type Section = (typeof sections)[number]["id"];

export function mayAdmin(rights: readonly string[]): boolean {
  return sections.some((s) => rights.includes(s.right));
}

// mayPlans tells who has something to see under Plans.
export function mayPlans(rights: readonly string[]): boolean {
  return ["runs.replan", "tracks.count", "spots.edit"].some((r) => rights.includes(r));
}
