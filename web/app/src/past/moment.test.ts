import { expect, it } from "vitest";
import { around, readMoment, writeMoment } from "./moment";

it("a link tells a moment, and other things stay in it", () => {
  const at = Date.parse("2026-11-23T08:17:05Z");
  const link = writeMoment("?theme=dark&from=-75.5,39.7", at + 300);
  expect(link).toBe("?theme=dark&from=-75.5,39.7&past=2026-11-23T08:17:05Z");
  expect(readMoment(link)).toEqual({ at, from: at - 1_200_000 });
  expect(writeMoment(link, null)).toBe("?theme=dark&from=-75.5,39.7");
  expect([readMoment(""), readMoment("?past=yesterday")]).toEqual([null, null]);
});

it("the hour around a moment ends by now", () => {
  expect(around(10_000_000, 10_100_000)).toEqual({ at: 10_000_000, from: 6_500_000 });
  expect(around(10_000_000, 99_000_000)).toEqual({ at: 10_000_000, from: 8_800_000 });
});
