import { describe, expect, it } from "vitest";
import { objectKinds, type RegisterObject } from "../api/objects";
import { objectGlyphs, objectMarks, objectsAt } from "./objects";

const thing = (id: number, lon: number, lat: number, more: Partial<RegisterObject> = {}): RegisterObject => ({ id, code: `S${String(id)}`, name: {}, kind: "shop", at: [lon, lat], street: null, unit: "", ...more });

describe("objects of the register", () => {
  it("within 20 m of a place are told, the nearest first", () => {
    const metre = 1 / 111_320;
    const all = [thing(1, -75.5, 39.7 + 19 * metre), thing(2, -75.5, 39.7 + 21 * metre), thing(3, -75.5 + (5 * metre) / Math.cos((39.7 * Math.PI) / 180), 39.7), thing(4, -75.5 + (27 * metre) / 1, 39.7)];
    expect(objectsAt(all, [-75.5, 39.7]).map((o) => o.id)).toEqual([3, 1]);
    expect(objectsAt([], [-75.5, 39.7])).toEqual([]);
  });

  it("go to the map with their kind, and their code where they have no name", () => {
    const marks = objectMarks([thing(7, 1, 2, { kind: "camera", name: { en: "Gate" } }), thing(8, 3, 4)], (names, fallback) => names["en"] ?? fallback);
    expect(marks.features.map((f) => [f.geometry.coordinates, f.properties])).toEqual([
      [[1, 2], { id: 7, kind: "camera", name: "Gate" }],
      [[3, 4], { id: 8, kind: "shop", name: "S8" }],
    ]);
  });

  it("have a sign of their own for each kind", () => {
    expect(new Set(Object.values(objectGlyphs)).size).toBe(objectKinds.length);
  });
});
