import { expect, it } from "vitest";
import { reportGroups } from "./report";

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
