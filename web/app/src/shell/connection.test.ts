import { expect, it } from "vitest";
import { judge, type Link } from "./connection";

const live: Link = { state: "live", latencyMs: 20, since: 100 };

it.each<[number | null, Link["state"], number]>([
  [30, "live", 100], // still live: since stays
  [2000, "slow", 500],
  [null, "lost", 500],
])("a probe of %s ms gives %s", (latency, state, since) => {
  expect(judge(live, latency, 500)).toEqual({ state, latencyMs: latency, since });
});
