import { describe, expect, it } from "vitest";
import type { Spot, SpotVisit } from "./requests";
import { emptySpot, faults, fieldsOf, formOf, visitFeatures } from "./spots";

const spot = (calendar: unknown): Spot => ({ id: 3, name: { en: "Market" }, theme: "stalls", at: [1, 2], team: 4, visits: 2, stay_min: 5, calendar: calendar as Spot["calendar"], version: 1 });

describe("a spot's form", () => {
  it("says what is missing", () => {
    expect(faults(emptySpot(null))).toEqual(["name", "at", "team"]);
    expect(faults({ ...emptySpot("1"), zh: "夜市", at: [1, 2] })).toEqual([]);
    for (const hours of ["8-9", "25:00-26:00", "08:00", "20:00-02:00 and more"]) expect(faults({ ...formOf(spot(null)), hours })).toEqual(["hours"]);
    expect(faults({ ...formOf(spot(null)), visits: "13", stay: "x", weekdays: ["We"] })).toEqual(["visits", "stay", "hours"]);
  });
  it("writes hours over midnight, on days of the week, and reads them again", () => {
    const form = { ...formOf(spot(null)), hours: "20:00-02:00，08:30-09:00", weekdays: ["We"], holidays: true };
    const sent = fieldsOf(form, "Asia/Shanghai");
    expect(sent.calendar).toEqual({ zone: "Asia/Shanghai", rules: [{ weekdays: ["We"], observe_holidays: true, windows: ["20:00-02:00", "08:30-09:00"] }] });
    expect(formOf({ ...spot(sent.calendar) })).toMatchObject({ hours: "20:00-02:00, 08:30-09:00", weekdays: ["We"], holidays: true, kept: null });
  });
  it("keeps hours that it can't show", () => {
    const nth = { zone: "UTC", rules: [{ weekdays: ["Mo"], nth: [1], windows: ["08:00-09:00"] }] };
    const form = formOf(spot(nth));
    expect(form.kept).toEqual(nth);
    expect(fieldsOf(form, "Asia/Shanghai").calendar).toEqual(nth);
  });
});

describe("the visits of a day", () => {
  it("counts those that are left of each spot", () => {
    const visit = (id: number, seen: string | null): SpotVisit => ({ spot: id, name: {}, theme: "", at: [id, 0], open: "", close: "", seen, walk: null, eta: null });
    expect(visitFeatures([visit(1, "x"), visit(1, null), visit(2, "x")]).features.map((f) => f.properties)).toEqual([{ sign: "spot", n: "1", order: 0 }, { sign: "spot-seen", n: "✓", order: 1 }]);
  });
});
