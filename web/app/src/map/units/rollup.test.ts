import { describe, expect, it } from "vitest";
import type { Moving } from "../../live/units";
import type { Grade } from "../../live/wire";
import { bounds } from "../../live/counts";
import { cells, counted, radius, rolls, within } from "./rollup";
import { mercator } from "./slots";

const unit = (id: string, lon: number, lat: number, alert: Grade | null = null): Moving => ({
  unit: { id, n: 1, kind: "officer", name: id, at: [lon, lat], t: "2026-03-01T08:00:00Z", alert }, ms: 0, from: [lon, lat], to: [lon, lat], start: 0, took: 0, heard: 0,
});

describe("counts far out", () => {
  it("are for many, and from a zoom on for nobody", () => {
    expect([rolls(12, 199, false), rolls(12, 200, false), rolls(12, 160, true), rolls(12, 140, true), rolls(13.2, 5000, true)]).toEqual([false, true, true, false, false]);
  });
  it("have everybody once, but for those with an alert", () => {
    const units = Array.from({ length: 500 }, (_, i) => unit(`p${i}`, -75.6 + (i % 25) / 200, 39.7 + Math.floor(i / 25) / 200, i % 50 === 0 ? "likely" : null));
    const found = [...cells(units, 11.4).values()];
    expect(found.length).toBeGreaterThan(2);
    expect(found.flatMap((c) => c.ids).sort()).toEqual(units.filter((m) => m.unit.alert === null).map((m) => m.unit.id).sort());
  });
  it("stand in the middle of those they count", () => {
    const [cell] = [...cells([unit("a", 10.02, 50.05), unit("b", 10.0202, 50.0501)], 10).values()];
    expect(cell).toEqual({ n: 2, ids: ["a", "b"], at: [expect.closeTo(10.0201, 9), expect.closeTo(50.05005, 9)], bounds: null });
  });
  it("cover no other, wherever in their cells people are", () => {
    let seed = 7;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (const zoom of [9, 10.99, 12.5]) {
      const z = Math.floor(zoom) + 3;
      const [x0, y0] = [Math.floor(0.29 * 2 ** z), Math.floor(0.38 * 2 ** z)];
      const census = Array.from({ length: 25 }, (_, i) => {
        const [x, y] = [x0 + (i % 5), y0 + Math.floor(i / 5)];
        const [w, s, e, n] = bounds(z, x, y);
        return { x, y, n: Math.ceil(3000 * random() ** 4), at: [w + (e - w) * random(), s + (n - s) * random()] as [number, number] };
      });
      const px = (at: [number, number]) => mercator(at).map((v) => v * 512 * 2 ** zoom);
      const discs = [...counted({ ms: 0, zoom: z, cells: census }).values()];
      discs.forEach((a, i) =>
        discs.slice(0, i).forEach((b) => {
          const [[ax = 0, ay = 0], [bx = 0, by = 0]] = [px(a.at), px(b.at)];
          expect(Math.hypot(ax - bx, ay - by)).toBeGreaterThan(radius(a.n) + radius(b.n));
        }),
      );
    }
  });
  it("lie in the cell that the server counted, which says where to ask who they are", () => {
    const cell = counted({ ms: 0, zoom: 14, cells: [{ x: 4753, y: 6218, n: 77, at: [-75.555, 39.74] }] }).get("4753/6218");
    const [w, s, e, n] = cell?.bounds ?? [0, 0, 0, 0];
    expect([cell?.n, e - w]).toEqual([77, expect.closeTo(360 / 2 ** 14, 9)]);
    expect(w < -75.555 && e > -75.555 && s < 39.74 && n > 39.74).toBe(true);
  });
});

it("looks at what is in view", () => {
  expect(within([unit("a", 1, 1), unit("b", 3, 1), unit("c", 1, -1)], [0, 0, 2, 2]).map((m) => m.unit.id)).toEqual(["a"]);
});
