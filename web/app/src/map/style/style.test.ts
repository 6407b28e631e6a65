import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { describe, expect, it } from "vitest";
import { languages } from "../../i18n/i18n";
import { palette, type Theme } from "../../tokens/tokens";
import { allShown, groups } from "../layers";
import { named } from "./labels";
import { changes } from "./restyle";
import { beneath, cityStyle, fonts, type Look } from "./style";
import { namedClasses, pathClasses, ranks } from "./streets";

const themes: Theme[] = ["light", "dark"];
const look = (o: Partial<Look> = {}): Look => ({ theme: "light", language: "en", shown: allShown, ...o });
const tiles = "https://city.example/tiles/0/{z}/{x}/{y}";

// The names of the layers that the server's tiles have (geo/basemap).
const tileLayers = ["land", "green", "water", "waterway", "building", "street", "rail", "aeroway", "boundary", "place", "poi", "housenumber"];

describe("the style", () => {
  for (const theme of themes)
    it.each(languages)(`is valid: ${theme} %s`, (language) => {
      const errors = validateStyleMin(cityStyle(look({ theme, language }), tiles)).map((e) => e.message);
      // It has no glyphs on purpose: labels come from the page's own fonts.
      expect(errors.filter((m) => !m.includes("glyphs"))).toEqual([]);
    });
  it("draws every layer of the tiles and no other", () => {
    const drawn = cityStyle(look(), tiles).layers.flatMap((l) => ("source-layer" in l && l["source-layer"] !== undefined ? [l["source-layer"]] : []));
    expect([...new Set(drawn)].sort()).toEqual([...tileLayers].sort());
  });
  it("uses only colours of the tokens", () => {
    for (const theme of themes) {
      const own = new Set<string>(Object.values(palette(theme)));
      const used = JSON.stringify(cityStyle(look({ theme }), tiles)).match(/#[0-9A-Fa-f]{6}/g) ?? [];
      expect(used.filter((c) => !own.has(c))).toEqual([]);
    }
  });
  it("puts every street class into one rank", () => {
    const classes = [...ranks.flatMap((r) => r.classes), ...pathClasses];
    expect(new Set(classes).size).toBe(classes.length);
    expect(namedClasses.filter((c) => !classes.includes(c))).toEqual([]);
  });
  it("has the layer that our own ones go beneath", () => {
    expect(cityStyle(look(), tiles).layers.map((l) => l.id)).toContain(beneath);
  });
  it("names fonts whose last word says the weight", () => {
    expect(Object.values(fonts).map(([f]) => f?.split(" ").at(-1))).toEqual(["Regular", "Medium", "SemiBold", "Italic"]);
  });
});

describe("changes between looks", () => {
  it("are none for the same look", () => {
    expect(changes(cityStyle(look(), tiles), cityStyle(look(), tiles))).toEqual([]);
  });
  it("of a theme touch paint alone", () => {
    const parts = changes(cityStyle(look(), tiles), cityStyle(look({ theme: "dark" }), tiles)).map((c) => c.part);
    expect(new Set(parts)).toEqual(new Set(["paint"]));
  });
  it("of a language touch label texts alone", () => {
    const names = changes(cityStyle(look(), tiles), cityStyle(look({ language: "zh-CN" }), tiles)).map((c) => c.name);
    expect(new Set(names)).toEqual(new Set(["text-field"]));
  });
  it.each(groups)("of the group %s touch visibility alone, and something", (group) => {
    const all = changes(cityStyle(look(), tiles), cityStyle(look({ shown: { ...allShown, [group]: false } }), tiles));
    expect(all.length).toBeGreaterThan(0);
    expect(new Set(all.map((c) => c.name))).toEqual(new Set(["visibility"]));
  });
});

it("labels say the name in the reader's language before the local one", () => {
  expect(JSON.stringify(named("zh-CN", " "))).toContain("name:zh");
  expect(JSON.stringify(named("en", " "))).not.toContain("name:zh");
});
