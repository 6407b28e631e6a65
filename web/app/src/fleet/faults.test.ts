import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sayEntry, sayFault } from "./faults";

const folder = new URL("../../../../grid/register/", import.meta.url);

// said are the messages in the server's source: the texts within fault{...},
// Fault{...} and What:/Mend:, with something in place of what is filled in.
function said(): string[] {
  const out = new Set<string>();
  for (const name of readdirSync(folder).filter((n) => n.endsWith(".go") && !n.endsWith("_test.go"))) {
    const source = readFileSync(new URL(name, folder), "utf8").replace(/\/\/ .*$/gm, "");
    for (const line of source.split("\n")) {
      const about = /(?:\b[fF]ault\{(?!\}))(.*)$|^\s*(?:What|Mend):(.*)$|^\s*mend\w+\s*=(.*)$/.exec(line);
      if (about === null) continue;
      const text = about[1] ?? about[2] ?? about[3] ?? "";
      for (const [, double, raw] of text.matchAll(/"((?:[^"\\]|\\.)*)"|`([^`]*)`/g)) {
        const message = raw ?? (double ?? "").replace(/\\"/g, '"');
        if (message.length < 4 || message === "or none") continue;
        out.add(message.trim());
      }
    }
  }
  return [...out];
}

// Pieces that are put together with something else.
const pieces = new Map([
  ["is not understood", '"tow" is not understood'],
  ["is neither yes nor no", '"maybe" is neither yes nor no'],
  ["is skipped when the clocks go forward", '"2026-03-29 02:30" is skipped when the clocks go forward'],
  ["is not a date and time", '"soon" is not a date and time'],
  ["is not a whole number", '"two" is not a whole number'],
  ["is not a calendar:", "is not a calendar: unclosed bracket"],
  ["the file cannot be read:", "the file cannot be read: unexpected end"],
  ["the device reports for a", "the device reports for a dog already"],
  ["already", "the device reports for a dog already"],
  ["the first line names the columns:", "the first line names the columns: code, name"],
  ["use", "use code, name"],
  ["name", "name a team"],
  ["or none", "name a team or none"],
  ["a team", "name a team"], ["an area", "name an area"], ["a person", "name a person"], ["a vehicle", "name a vehicle"],
]);

const filled = (format: string): string => pieces.get(format) ?? format.replace(/%q/g, '"x"').replace(/%[dvs]/g, "7");

describe("faults in Chinese", () => {
  const all = said();
  it("finds the messages in the source", () => {
    expect(all.length).toBeGreaterThan(70);
  });
  it.each(all)("%s", (format) => {
    const text = sayFault(filled(format), "zh-CN");
    expect(text, filled(format)).toMatch(/[\u4e00-\u9fff]/);
    expect(text).not.toMatch(/\{\d\}/);
  });
  it("keeps what is named", () => {
    expect(sayFault('"A7" is on line 12 already', "zh-CN")).toBe('"A7" 已在第 12 行出现');
    expect(sayFault('there is no team "T9"', "zh-CN")).toBe('没有这样的班组："T9"');
    expect(sayFault("use one of [tow-truck boat]", "zh-CN")).toBe("可用：tow-truck boat");
    expect(sayFault("in zh-CN has spaces in it", "zh-CN")).toBe("zh-CN：含有空格");
  });
  it("says both halves of what a form is told", () => {
    expect(sayEntry("is missing: name a team", "zh-CN")).toBe("未填写：请填写班组");
    expect(sayEntry("is not known: use wgs84, gcj02 or bd09", "en")).toBe("is not known: use wgs84, gcj02 or bd09");
  });
  it("leaves alone what it doesn't know, and English", () => {
    expect(sayFault("something new", "zh-CN")).toBe("something new");
    expect(sayFault("is missing", "en")).toBe("is missing");
  });
});
