import { describe, expect, it } from "vitest";
import { broken, strength } from "./rules";

describe("rules", () => {
  it.each<[string, string, string[]]>([
    ["short", "ada", ["length"]],
    ["administrator", "administrator", ["login", "common"]],
    ["Password12345", "ada", ["common"]],
    ["tram river stone", "ada", []],
    ["城市管理好帮手一二三", "ada", []],
  ])("%s for %s breaks %j", (password, login, want) => {
    expect(broken(password, login)).toEqual(want);
  });
  it("grows with length and kinds, and never passes a broken rule", () => {
    expect(strength("", "x")).toBe(0);
    expect(strength("password123", "x")).toBe(1);
    expect(strength("aaaaaaaaaaaa", "x")).toBe(2);
    expect(strength("tram river stone", "x")).toBeGreaterThanOrEqual(3);
    expect(strength("Tram-river_9 stone!Q", "x")).toBe(4);
  });
});
