import { describe, expect, it } from "vitest";
import { contrast } from "../tokens/contrast";
import { colors } from "../tokens/tokens";
import { countsOf, emptyCampaign, faults, fieldsOf, formOf, itemsOf, lengthOf, pairColours, pairFeatures } from "./campaigns";
import type { Campaign, CampaignDay } from "./requests";

const road = { name: "Market Street", lines: [[[-75.55, 39.74], [-75.55, 39.741]] as [number, number][]], both: true };

describe("the form of a campaign", () => {
  const form = { ...emptyCampaign("1"), zh: "周三执法日", meet: [-75.55, 39.74] as [number, number], roads: [road], teams: [2], checklist: "A1 | 店外经营 | Goods outside\n\nA2｜占道" };
  it("comes back as it was sent", () => {
    expect(faults(form)).toEqual([]);
    const sent = fieldsOf(form, "Asia/Shanghai");
    expect(sent.calendar).toEqual({ zone: "Asia/Shanghai", rules: [{ weekdays: ["We"], observe_holidays: true, windows: ["08:30-11:30"] }] });
    expect(sent.checklist).toEqual([{ code: "A1", text: { "zh-CN": "店外经营", en: "Goods outside" } }, { code: "A2", text: { "zh-CN": "占道" } }]);
    expect(fieldsOf(formOf({ id: 1, version: 1, ...sent } as Campaign), "Asia/Shanghai")).toEqual(sent);
  });
  it("keeps days that it can't show", () => {
    const nth = { zone: "UTC", rules: [{ weekdays: ["We"], nth: [1], windows: ["08:30-11:30"] }] };
    const shown = formOf({ id: 1, version: 1, ...fieldsOf(form, "UTC"), calendar: nth } as Campaign);
    expect(shown.kept).toEqual(nth);
    expect(fieldsOf(shown, "Asia/Shanghai").calendar).toEqual(nth);
  });
  it("says what is missing", () => {
    expect(faults({ ...emptyCampaign(null), hours: "", pace: "0" })).toEqual(["name", "area", "hours", "meet", "roads", "people", "pace", "checklist"]);
    for (const bad of ["", "A1", "A1 | x\nA1 | y", "| x"]) expect(itemsOf(bad), bad).toBeNull();
  });
  it("measures roads", () => expect(lengthOf(road)).toBeCloseTo(111.2, 0));
});

describe("a day", () => {
  const stop = (n: number) => ({ n, street: "", at: [n, 0] as [number, number], metres: 1, eta: "", leave: "", from_m: 0, to_m: 1, done: false });
  const pair = (n: number) => ({ n, people: [], start: "", end: "", minutes: 1, look_m: 1, way_m: 0, road_m: [1], line: [[0, 0], [1, 0]] as [number, number][], stops: [stop(1), stop(2)] });
  const day = { checklist: [{ code: "A", text: {} }, { code: "B", text: {} }], pairs: [pair(1), pair(2)], sheets: [{ counts: [{ item: "A", found: 3, fixed: 1, notices: 2 }] }, { counts: [{ item: "A", found: 4, fixed: 4, notices: 0 }] }] } as unknown as CampaignDay;
  it("adds up what was found", () => {
    expect(countsOf(day)).toEqual([{ item: "A", found: 7, fixed: 5, notices: 2 }, { item: "B", found: 0, fixed: 0, notices: 0 }]);
  });
  it("tells pairs by colour and number, and numbers the stops of the one that is chosen", () => {
    const parts = (chosen: number | null) => pairFeatures(day, chosen).features.map((f) => [f.properties?.part, f.properties?.c, f.properties?.n, f.properties?.faint] as unknown[]);
    expect(parts(null)).toEqual([["walk", 0, undefined, false], ["pair", 0, "1", false], ["walk", 1, undefined, false], ["pair", 1, "2", false]]);
    expect(parts(2)).toEqual([["walk", 0, undefined, true], ["pair", 0, "1", true], ["walk", 1, undefined, false], ["stop", 1, "1", false], ["stop", 1, "2", false]]);
  });
  it("has colours that are seen on the map", () => {
    for (const theme of ["light", "dark"] as const) for (const c of pairColours[theme]) expect(contrast(c, colors.panel[theme]), c).toBeGreaterThan(3);
  });
});
