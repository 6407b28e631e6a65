import { describe, expect, it } from "vitest";
import { addDays, instant, localDay, localTime } from "./time";

const iso = (at: number) => new Date(at).toISOString();

describe("instant", () => {
  it.each([
    ["2026-06-01T08:30", "America/New_York", "2026-06-01T12:30:00.000Z"],
    ["2026-06-01T08:30", "Asia/Shanghai", "2026-06-01T00:30:00.000Z"],
    ["2026-06-01", "Asia/Shanghai", "2026-05-31T16:00:00.000Z"],
    ["2026-03-08T01:30", "America/New_York", "2026-03-08T06:30:00.000Z"], // before the clocks go forward
    ["2026-03-08T03:30", "America/New_York", "2026-03-08T07:30:00.000Z"], // and after
    ["2026-11-01T01:30", "America/New_York", "2026-11-01T05:30:00.000Z"], // the first of two
    ["2026-11-01T03:00", "America/New_York", "2026-11-01T08:00:00.000Z"],
  ])("%s in %s is %s", (local, zone, want) => {
    expect(iso(instant(local, zone))).toBe(want);
  });
  it("is what the clock there shows, at any time of two years", () => {
    for (const zone of ["America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Pacific/Kiritimati"])
      for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2028, 0, 1); at += 345_678_000) {
        const minute = Math.floor(at / 60_000) * 60_000;
        const local = localTime(minute, zone).slice(0, 16);
        expect(localTime(instant(local, zone), zone).slice(0, 16)).toBe(local);
      }
  });
  it("is none of what is no time", () => {
    expect(instant("", "UTC")).toBeNaN();
    expect(instant("soon", "UTC")).toBeNaN();
  });
});

it("days are the bureau's", () => {
  expect(localDay(Date.parse("2026-06-01T02:00:00Z"), "America/New_York")).toBe("2026-05-31");
  expect(addDays("2026-02-28", 1)).toBe("2026-03-01");
  expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
});
