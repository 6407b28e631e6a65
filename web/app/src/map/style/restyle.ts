import type { LayerSpecification, Map as MapLibre, StyleSpecification } from "maplibre-gl";

export interface Change {
  layer: string;
  part: "paint" | "layout" | "filter";
  name: string;
  value: unknown;
}

// changes lists what differs between two looks of the same layers. setStyle
// would do, but it also throws out the layers that others have added.
export function changes(before: StyleSpecification, after: StyleSpecification): Change[] {
  const old = new Map(before.layers.map((l) => [l.id, l]));
  return after.layers.flatMap((layer) => {
    const was = old.get(layer.id);
    if (was === undefined) return [];
    return [...differ(was, layer, "paint"), ...differ(was, layer, "layout")];
  });
}

function differ(was: LayerSpecification, now: LayerSpecification, part: "paint" | "layout"): Change[] {
  const a = (was[part] ?? {}) as Record<string, unknown>;
  const b = (now[part] ?? {}) as Record<string, unknown>;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]))
    .map((name) => ({ layer: now.id, part, name, value: b[name] }));
}

type Setter = (layer: string, name: string, value: unknown, o: { validate: boolean }) => void;

export function restyle(map: MapLibre, before: StyleSpecification, after: StyleSpecification): void {
  // The style was checked when the tests ran; checking again costs frames.
  const paint = map.setPaintProperty.bind(map) as unknown as Setter;
  const layout = map.setLayoutProperty.bind(map) as unknown as Setter;
  for (const c of changes(before, after)) (c.part === "paint" ? paint : layout)(c.layer, c.name, c.value, { validate: false });
}
