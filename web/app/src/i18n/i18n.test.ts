import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import en from "./en.json";
import { pickLanguage } from "./i18n";
import zh from "./zh-CN.json";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, before = ""): Map<string, string> {
  const out = new Map<string, string>();
  for (const [k, v] of Object.entries(tree)) {
    if (typeof v === "string") out.set(before + k, v);
    else flat(v, `${before}${k}.`).forEach((text, key) => out.set(key, text));
  }
  return out;
}

const english = flat(en);
const chinese = flat(zh);
const src = new URL("../", import.meta.url);
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((f) => /\.tsx?$/.test(f) && !/\.test\.ts$|schema\.d\.ts$/.test(f));
const source = files.map((f) => ({ name: f, text: readFileSync(new URL(f.replaceAll("\\", "/"), src), "utf8") }));
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort();
// Chinese has one plural form, so "_one" is English alone.
const sameKeys = (k: string) => !k.endsWith("_one");

describe("the two languages", () => {
  it("have the same keys", () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].filter(sameKeys).sort());
  });
  it.each([...chinese])("%s fills the same holes", (key, text) => {
    expect(holes(text)).toEqual(holes(english.get(key) ?? ""));
  });
  it("leave nothing empty and nothing untranslated", () => {
    for (const [key, text] of [...english, ...chinese]) expect(text.trim(), key).not.toBe("");
    const foreign = ["shell.language", "shell.otherLanguage", "language.en", "palette.language", "import.size"];
    const latin = [...chinese].filter(([key, text]) => !/[\u3400-\u9fff]/.test(text) && !foreign.includes(key)).map(([key]) => key);
    expect(latin).toEqual([]);
  });
});

describe("keys in the source", () => {
  const literal = new Set(source.flatMap(({ text }) => [...text.matchAll(/["`]([a-zA-Z]+(?:\.[a-zA-Z0-9_-]+)+)["`]/g)].map((m) => m[1] ?? "")));
  const prefixes = source.flatMap(({ text }) => [...text.matchAll(/`([a-zA-Z]+(?:\.[a-zA-Z0-9]+)*\.?[a-zA-Z]*)\$\{/g)].map((m) => m[1] ?? ""));
  it("are all used", () => {
    const used = (key: string) => literal.has(key.replace(/_(one|other)$/, "")) || prefixes.some((p) => p.includes(".") && key.startsWith(p));
    expect([...english.keys()].filter((key) => !used(key))).toEqual([]);
  });
});

// A hard-coded text is a word between tags, or in an attribute that is read out.
describe("text on the screen comes from the language files", () => {
  const spoken = ["aria-label", "label", "title", "placeholder", "note", "alt"];
  const allowed = new Set(["citygrid", "openapi.json", "API", "A", "B", "Ctrl", "K", "ADA", "42 %"]);
  it.each(source.filter(({ name }) => name.endsWith(".tsx")))("$name", ({ name, text }) => {
    const found: string[] = [];
    const check = (words: string) => {
      const t = words.trim();
      if (/\p{L}{2,}/u.test(t) && !allowed.has(t)) found.push(t);
    };
    const visit = (node: ts.Node): void => {
      if (ts.isJsxText(node)) check(node.text);
      if (ts.isJsxAttribute(node) && node.initializer !== undefined && ts.isStringLiteral(node.initializer) && spoken.includes(node.name.getText())) check(node.initializer.text);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
    const examples = ["平湖市综合行政执法局", "Pinghu City Management", "-75.66,39.68,-75.46,39.82", "setup-none"];
    expect(found.filter((t) => !examples.includes(t))).toEqual([]);
  });
});

it.each<[string | null, string | null, string[], string]>([
  ["en", "zh-CN", ["zh-CN"], "en"],
  [null, "zh-CN", ["en"], "zh-CN"],
  [null, null, ["zh-TW", "en"], "zh-CN"],
  [null, null, ["de", "en-GB"], "en"],
  ["xx", "yy", [], "en"],
])("link %s, kept %s, system %j: %s", (link, kept, system, want) => {
  expect(pickLanguage(link, kept, system)).toBe(want);
});
