import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import en from "../i18n/en.json";
import { reportGroups, reportWords } from "./report";

it("shows a report as it comes", () => {
  const report = { seconds: 1.234567, name: "x", empty: "", read: { nodes: 5, ways: 9 }, unknown: ["a", "b"], deep: { more: {} }, none: null };
  expect(reportGroups(report)).toEqual([
    { name: "", rows: [["seconds", 1.23], ["name", "x"], ["unknown", 2]] },
    { name: "read", rows: [["ways", 9], ["nodes", 5]] },
  ]);
});

it.each([null, undefined, 7, "x", []])("takes %j", (report) => {
  expect(reportGroups(report)).toEqual([]);
});

// What the importer may say stands in its source, in Go.
const data = new URL("../../../../data/", import.meta.url);
const read = (dir: string) =>
  readdirSync(new URL(dir, data))
    .filter((f) => f.endsWith(".go") && !f.endsWith("_test.go"))
    .map((f) => readFileSync(new URL(dir + f, data), "utf8"))
    .join("\n");
const all = (text: string, re: RegExp) => [...new Set([...text.matchAll(re)].map((m) => m[1] ?? ""))];
const osm = read("osm/");

describe("the report has words for", () => {
  const tags = all(readFileSync(new URL("mapfile/report.go", data), "utf8"), /json:"([a-z_]+)"/g).filter((n) => !["key", "value", "count", "length_km"].includes(n));
  const counted = all(osm, /"([a-z ]+)":\s+(?:g\.count|int64)/g);
  const said = all(osm, /\.(?:drop|repair)\("([^"]+[^" ])"/g);
  const restrictions = all(readFileSync(new URL("osm/turn.go", data), "utf8"), /(?:why = |return (?:nil|out), )"([^"]+)"/g);
  it("what the importer says", () => {
    expect(Math.min(tags.length, counted.length, said.length, restrictions.length)).toBeGreaterThan(4);
  });
  it.each([...tags, ...counted, ...said, ...restrictions])("%s", (name) => {
    for (const { key } of reportWords(name)) if (key !== undefined) expect(en.report).toHaveProperty([key]);
  });
});

describe("there is a word for the stage", () => {
  it.each(["upload", ...all(osm, /Stage\w+\s+= "([^"]+)"/g)])("%s", (stage) => {
    expect(en.stage).toHaveProperty([stage]);
  });
});

it("leaves tags of the map's data alone", () => {
  expect(reportWords("way: not in use: highway=construction")).toEqual([{ key: "way", text: "way" }, { key: "not-in-use", text: "not in use" }, { text: "highway=construction" }]);
});
