import { describe, expect, it } from "vitest";
import { emptyKey, faults, fieldsOf, formOf, moved, ways } from "./ranking";

describe("what comes first", () => {
  it("says what is missing", () => {
    const named = { first: { zh: "城区", en: "" } };
    expect(ways.map((by) => faults(emptyKey(by)))).toEqual([["first", "chosen"], ["first", "chosen"], ["first"], ["first", "chosen"], ["first"]]);
    expect(faults({ ...emptyKey("water"), ...named, within: "0" })).toEqual(["within"]);
    expect(faults({ ...emptyKey("classes"), ...named, chosen: ["primary"] })).toEqual([]);
  });
  it("sends of a key what its way needs alone, and reads it again", () => {
    const names = { first: { zh: "先", en: "first" }, then: { zh: "", en: "then" } };
    const form = {
      team: null,
      keys: [{ ...emptyKey("areas"), ...names, chosen: ["3", "4"] }, { ...emptyKey("water"), ...names, within: "150", not: true }, { ...emptyKey("spots"), ...names, chosen: ["barbecue"] }],
    };
    const sent = fieldsOf(form);
    expect(sent).toEqual({
      team: null,
      keys: [
        { first: { "zh-CN": "先", en: "first" }, then: { en: "then" }, by: "areas", areas: [3, 4] },
        { first: { "zh-CN": "先", en: "first" }, then: { en: "then" }, by: "water", within_m: 150, not: true },
        { first: { "zh-CN": "先", en: "first" }, then: { en: "then" }, by: "spots", themes: ["barbecue"] },
      ],
    });
    expect(fieldsOf(formOf({ id: 1, version: 1, ...sent }))).toEqual(sent);
  });
  it("moves a key up", () => {
    expect(moved(["a", "b", "c"], 2)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b"], 0)).toEqual(["a", "b"]);
  });
});
