import { describe as group, expect, it } from "vitest";
import type { Hit } from "../../api/types";
import { makeFormat } from "../../i18n/format";
import { addRecent, hitTitle, readRecent } from "./hits";

const en = makeFormat("en", "UTC");
const zh = makeFormat("zh-CN", "UTC");
const hit = (o: Partial<Hit>): Hit => ({ kind: "street", detail: "", name: "Main Street", names: { "": "Main Street" }, number: "", in: "", at: [1, 2], bounds: [1, 2, 1, 2], ...o });

group("title", () => {
  it("puts the number where the language has it", () => {
    const address = hit({ number: "12", names: { "": "长安街", en: "Chang'an Avenue" } });
    expect(hitTitle(address, zh)).toBe("长安街12号");
    expect(hitTitle(address, en)).toBe("12 Chang'an Avenue");
    expect(hitTitle(hit({ number: "12" }), zh)).toBe("12 Main Street");
  });
});

group("recent", () => {
  it("keeps each place once, the newest first, at most six", () => {
    let recent: Hit[] = [];
    for (const n of ["1", "2", "3", "4", "5", "6", "7", "3"]) recent = addRecent(recent, hit({ number: n }));
    expect(recent.map((h) => h.number)).toEqual(["3", "7", "6", "5", "4", "2"]);
  });
  it.each([null, "", "{}", "[1,null]", '[{"name":1}]'])("starts afresh from %j", (text) => {
    expect(readRecent(text)).toEqual([]);
  });
});
