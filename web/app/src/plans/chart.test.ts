import { describe, expect, it } from "vitest";
import { curve } from "./chart";

describe("a search's curve", () => {
  it("steps down to the best, above the bound", () => {
    const c = curve([[0, 200], [5, 150]], 100, 10, 100, 50);
    expect(c).toMatchObject({ best: 150, gap: 0.5 });
    expect(c.line).toMatch(/^M0\.0 [\d.]+H50\.0V[\d.]+H100$/);
    expect(c.bound).toBeGreaterThan(0);
    expect(c.bound).toBeLessThanOrEqual(50);
  });
  it("has nothing to draw before the first plan", () => {
    expect(curve([], null, 10, 100, 50)).toMatchObject({ line: "", best: null, gap: null, bound: null });
  });
});
