// A route for tests.
import type { LngLat, Route } from "../../api/types";

export const square: LngLat[] = [[0, 0], [1, 0], [1, 1], [2, 1]];

const step = (kind: Route["steps"][number]["kind"], text: string, name: string, at: LngLat, distance_m: number): Route["steps"][number] => ({
  kind, text, name, at, angle_deg: 0, bearing: 0, distance_m, duration_s: 1,
});

export const route: Route = {
  distance_m: 300,
  duration_s: 200,
  streets_version: 1,
  geometry: { type: "LineString", coordinates: square },
  from: { at: [0, 0], street: "A", snap_m: 30 },
  to: { at: [2, 1], street: "C", snap_m: 1 },
  stops: [],
  alternatives: [],
  leave: "2026-11-23T08:00:00Z",
  arrive: "2026-11-23T08:03:20Z",
  streets: [
    { name: "A", distance_m: 100, duration_s: 1 },
    { name: "B", distance_m: 100, duration_s: 1 },
    { name: "C", distance_m: 100, duration_s: 1 },
  ],
  steps: [
    step("depart", "Head east on A", "A", [0, 0], 100),
    step("turn", "Turn left onto B", "B", [1, 0], 100),
    step("turn", "Turn right onto C", "C", [1, 1], 100),
    step("arrive", "Arrive", "C", [2, 1], 0),
  ],
};
