// The groups a reader can switch on and off, and the layers each holds.

export const groups = ["names", "buildings", "green", "pois", "numbers", "paths", "service", "rail", "borders", "arrows"] as const;
export type Group = (typeof groups)[number];

// overlays are ours, drawn over the base map: who answers where, and what holds.
export const overlays = ["grids", "zones", "closures", "stations", "objects", "trails"] as const;
export type Overlay = (typeof overlays)[number];
export type Shown = Record<Group | Overlay, boolean>;

export const allShown: Shown = {
  names: true,
  buildings: true,
  green: true,
  pois: true,
  numbers: true,
  paths: true,
  service: true,
  rail: true,
  borders: true,
  arrows: true,
  grids: true,
  zones: true,
  closures: true,
  stations: true,
  objects: false,
  trails: false,
};

const saved = "citygrid.layers";

export function readShown(text: string | null): Shown {
  if (text === null) return allShown;
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== "object" || kept === null) return allShown;
    const out = { ...allShown };
    for (const g of [...groups, ...overlays]) {
      const v = (kept as Record<string, unknown>)[g];
      if (typeof v === "boolean") out[g] = v;
    }
    return out;
  } catch {
    return allShown;
  }
}

export function loadShown(): Shown {
  return readShown(localStorage.getItem(saved));
}

export function keepShown(shown: Shown): void {
  localStorage.setItem(saved, JSON.stringify(shown));
}
