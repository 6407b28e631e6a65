// Cities for tests: a row of letters is a row of square unit grids of 100 m, the
// letter is the part (A is 1, a dot nobody's).
import type { UnitFeature } from "../api/drafts";
import type { LngLat } from "../api/types";

const degree = 0.001; // about 100 m

export function drawn(...rows: string[]): UnitFeature[] {
  return rows.flatMap((row, y) =>
    Array.from(row, (letter, x): UnitFeature => {
      const corner = (dx: number, dy: number): LngLat => [(x + dx) * degree, (rows.length - y - 1 + dy) * degree];
      const part = letter === "." ? 0 : letter.charCodeAt(0) - 64;
      return {
        type: "Feature",
        properties: { id: y * row.length + x + 1, part, minutes: 1 + ((x * 7 + y * 3) % 5) },
        geometry: { type: "Polygon", coordinates: [[corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1), corner(0, 0)]] },
      };
    }),
  );
}
