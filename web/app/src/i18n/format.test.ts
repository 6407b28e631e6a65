import { describe, expect, it } from "vitest";
import { makeFormat } from "./format";

const en = makeFormat("en", "America/New_York");
const zh = makeFormat("zh-CN", "Asia/Shanghai");

describe("distance", () => {
  it.each([
    [0, "0 m"],
    [7.4, "7 m"],
    [234, "230 m"],
    [994, "990 m"],
    [996, "1 km"],
    [12_345, "12.3 km"],
  ])("%d m is %s", (m, want) => {
    expect(en.distance(m)).toBe(want);
  });
  it("speaks Chinese", () => {
    expect(zh.distance(230)).toMatch(/230\s?米/);
    expect(zh.distance(2300)).toMatch(/2\.3\s?公里/);
  });
});

describe("duration", () => {
  it.each([
    [1, "1 min"],
    [89, "1 min"],
    [3599, "1 hr"],
    [5400, "1 hr 30 min"],
  ])("%d s is %s", (s, want) => {
    expect(en.duration(s)).toBe(want);
  });
});

it("tells time in the bureau's zone, not the browser's", () => {
  expect(en.time("2026-01-01T04:30:00Z")).toContain("Dec 31, 2025");
  expect(zh.time("2026-01-01T04:30:00Z")).toContain("12:30:00");
});

it("does without a time zone before the setup", () => {
  expect(makeFormat("en", "").time("2026-06-01T12:00:00Z")).toContain("2026");
});

describe("name", () => {
  it("prefers the reader's language, then the local name", () => {
    expect(zh.name({ "": "Main Street", zh: "主街" })).toBe("主街");
    expect(en.name({ "": "王府井大街", zh: "王府井大街", en: "Wangfujing Street" })).toBe("Wangfujing Street");
    expect(en.name({ "": "王府井大街" })).toBe("王府井大街");
    expect(en.name({ "zh-CN": "局" })).toBe("局");
    expect(en.name(undefined, "?")).toBe("?");
  });
});

describe("soon", () => {
  const now = Date.parse("2026-06-01T16:00:00Z"); // a Monday noon in New York
  it.each([
    ["2026-06-01T21:00:00Z", "17:00"],
    ["2026-06-02T11:00:00Z", "Tue 07:00"],
    ["2026-06-02T03:59:00Z", "23:59"],
    ["2026-06-20T11:00:00Z", "Jun 20 07:00"],
  ])("%s is %s", (iso, want) => {
    expect(en.soon(iso, now)).toBe(want);
  });
});
