import { describe, expect, it } from "vitest";
import { calendarOf, weeklyOf, workdays, wrong, type Hours } from "./weekly";

describe("a week", () => {
  it("comes back as it was", () => {
    const week: Hours[] = [workdays, { days: [], from: "22:00", to: "05:00" }, { days: ["Su"], from: "10:00", to: "00:00" }];
    const calendar = calendarOf(week, "Asia/Shanghai");
    expect(calendar).toEqual({
      zone: "Asia/Shanghai",
      rules: [{ weekdays: ["Mo", "Tu", "We", "Th", "Fr"], windows: ["07:00-19:00"] }, { windows: ["22:00-05:00"] }, { weekdays: ["Su"], windows: ["10:00-24:00"] }],
    });
    expect(weeklyOf(calendar)).toEqual(week);
  });
  it.each([
    null,
    { zone: "UTC" },
    { zone: "UTC", rules: [{ windows: ["07:00-19:00"], seasons: [{ from: "04-01", to: "09-30" }] }] },
    { zone: "UTC", rules: [{ windows: ["07:00-19:00"], do: "remove" }] },
    { zone: "UTC", rules: [{ windows: ["07:00-19:00"] }], exceptions: [{ from: "2026-01-01", to: "2026-01-01", windows: [] }] },
    { zone: "UTC", rules: [{ weekdays: ["PH"], windows: ["07:00-19:00"] }] },
  ])("is not read from %j", (calendar) => {
    expect(weeklyOf(calendar)).toBeNull();
  });
  it("needs both its times", () => {
    expect(wrong(workdays)).toBeNull();
    expect(wrong({ ...workdays, to: "" })).toBe("times");
  });
});
