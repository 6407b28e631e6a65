import { describe, expect, it } from "vitest";
import type { Closure } from "../../api/closures";
import type { LngLat } from "../../api/types";
import { draftOf, drawnOf } from "./draft";

const points: LngLat[] = [[0, 0], [1, 0], [1, 1]];

describe("what is drawn", () => {
  it.each([
    ["pick", "MultiPoint", 1],
    ["line", "LineString", 2],
    ["area", "Polygon", 3],
  ] as const)("by %s is a %s of %d points at least", (mode, type, least) => {
    expect(drawnOf({ mode, points: points.slice(0, least) })?.type).toBe(type);
    expect(drawnOf({ mode, points: points.slice(0, least - 1) })).toBe(null);
  });
  it.each(["pick", "line", "area"] as const)("by %s is drawn on from where it was kept", (mode) => {
    const drawn = drawnOf({ mode, points });
    expect(draftOf({ drawn } as unknown as Closure)).toMatchObject({ mode, points });
  });
});
