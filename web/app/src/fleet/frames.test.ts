import { expect, it } from "vitest";
import { readable, spaced, value } from "./frames";

it("writes bytes sixteen in a line", () => {
  expect(spaced("7e0102")).toBe("7e 01 02");
  expect(spaced("00".repeat(17)).split("\n").map((l) => l.length)).toEqual([47, 2]);
  expect(spaced("")).toBe("");
});

it("knows text from bytes", () => {
  expect([readable("2a48512c0d0a"), readable("7e0102"), readable("")]).toEqual(["*HQ,\r\n", null, null]);
});

it("writes what was read", () => {
  expect([value("a"), value(3), value(true), value({ a: [1] }), value(undefined)]).toEqual(["a", "3", "true", '{"a":[1]}', ""]);
});
