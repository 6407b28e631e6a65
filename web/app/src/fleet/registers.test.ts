import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { template } from "./csv";
import { myRegisters, registerList } from "./registers";

// The server's own list of columns and what else they may be called.
const known = ["files.go", "cells.go"].map((f) => readFileSync(new URL(`../../../../grid/register/${f}`, import.meta.url), "utf8")).join("");

describe("templates", () => {
  it.each(registerList.flatMap((r) => r.file.flatMap((c) => [c.en, c["zh-CN"]].map((word) => [r.id, word] as const))))("%s: the server knows %s", (_, word) => {
    expect(known).toContain(`"${word}"`);
  });
  it("are a line of columns that a spreadsheet reads as UTF-8", () => {
    const vehicles = registerList.find((r) => r.id === "vehicles");
    if (vehicles === undefined) throw new Error("no vehicles");
    expect(template(vehicles, "en")).toBe("\ufeffplate,kind,team,capacity,retired,tags\r\n");
    expect(template(vehicles, "zh-CN")).toBe("\ufeff车牌,车辆类型,班组,载量,报废,标签\r\n");
  });
});

it("who may read teams and stations alone, as everybody may, has no fleet to look after", () => {
  expect(myRegisters(["teams.read", "stations.read", "plan.read"])).toEqual([]);
  expect(myRegisters(["teams.read", "stations.read", "shifts.read"]).map((r) => r.id)).toEqual(["teams", "stations", "shifts"]);
});
