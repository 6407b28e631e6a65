import type { Position } from "geojson";
import { describe, expect, it } from "vitest";
import { calm, least } from "./layer";

const square = (x: number, y: number, side: number): Position[] => [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]];

describe("a band as it is drawn", () => {
  const big = square(0, 0, 10);
  const small = square(2, 2, 10 * Math.sqrt(least) * 0.9);
  const park = square(5, 5, 10 * Math.sqrt(least) * 1.1);

  it("keeps holes that are seen, and drops the others", () => {
    expect(calm({ type: "Polygon", coordinates: [big, small, park] })).toEqual({ type: "MultiPolygon", coordinates: [[big, park]] });
  });
  it("drops islands with all that is in them", () => {
    const island = square(20, 20, 0.2);
    expect(calm({ type: "MultiPolygon", coordinates: [[big], [island, square(20.1, 20.1, 0.1)]] })).toEqual({ type: "MultiPolygon", coordinates: [[big]] });
  });
  it("stays empty, and leaves other shapes alone", () => {
    expect(calm({ type: "MultiPolygon", coordinates: [] })).toEqual({ type: "MultiPolygon", coordinates: [] });
    expect(calm({ type: "Point", coordinates: [1, 2] })).toEqual({ type: "Point", coordinates: [1, 2] });
  });
});
