import { expect, it } from "vitest";
import { scaleFor } from "./scale";

it.each([
  [0, 0, 100, 5_000_000, 64],
  [14, 39.74, 100, 200, 54],
  [18, 60, 100, 10, 67],
])("zoom %d at latitude %d in %d px", (zoom, lat, width, metres, pixels) => {
  expect(scaleFor(zoom, lat, width)).toEqual({ metres, pixels });
});

it("always fits and is never shorter than two fifths", () => {
  for (let zoom = 0; zoom < 20; zoom += 0.13) {
    const { pixels } = scaleFor(zoom, 30, 90);
    expect(pixels).toBeLessThanOrEqual(90);
    expect(pixels).toBeGreaterThanOrEqual(35);
  }
});
