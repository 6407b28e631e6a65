import { describe, expect, it } from "vitest";
import { contrast } from "./contrast";
import { colors, mapColors, type Color, type MapColor, type Theme } from "./tokens";

const themes: Theme[] = ["light", "dark"];

describe("text reads on what lies behind it, 4.5:1", () => {
  const texts: [Color, Color[]][] = [
    ["text", ["ground", "panel", "raised", "sunken", "brand-soft", "confirmed-soft", "likely-soft", "info-soft"]],
    ["muted", ["ground", "panel", "raised", "sunken"]],
    ["brand", ["ground", "panel", "raised", "brand-soft"]],
    ["on-brand", ["brand", "brand-strong"]],
    ["confirmed", ["panel", "raised", "confirmed-soft"]],
    ["likely", ["panel", "raised", "likely-soft"]],
    ["possible", ["panel", "raised"]],
    ["ok", ["panel", "raised"]],
    ["info", ["panel", "raised", "info-soft"]],
  ];
  for (const theme of themes)
    for (const [text, backs] of texts)
      it.each(backs)(`${theme}: ${text} on %s`, (back) => {
        expect(contrast(colors[text][theme], colors[back][theme])).toBeGreaterThanOrEqual(4.5);
      });
});

describe("signs stand out, 3:1", () => {
  const signs: Color[] = ["stale", "edge", "ok", "info", "confirmed", "likely", "possible", "brand"];
  for (const theme of themes)
    it.each(signs)(`${theme}: %s on panel and ground`, (sign) => {
      expect(contrast(colors[sign][theme], colors.panel[theme])).toBeGreaterThanOrEqual(3);
    });
});

describe("the colours of parts stand out, 3:1", () => {
  for (const theme of themes)
    it.each([0, 1, 2, 3, 4, 5, 6, 7] as const)(`${theme}: part %i on panel and ground`, (n) => {
      for (const back of ["panel", "ground"] as const) expect(contrast(mapColors[`part-${n}`][theme], colors[back][theme])).toBeGreaterThanOrEqual(3);
    });
});

describe("labels read on the map, 4.5:1 against halo and land", () => {
  const labels: MapColor[] = ["label", "label-soft", "label-water", "label-green", "shield"];
  for (const theme of themes)
    it.each(labels)(`${theme}: %s`, (label) => {
      for (const back of ["halo", "land"] as const)
        expect(contrast(mapColors[label][theme], mapColors[back][theme])).toBeGreaterThanOrEqual(4.5);
    });
});

describe("names of grids and zones read on their pill and halo, 4.5:1", () => {
  for (const theme of themes) {
    it(`${theme}: grid`, () => {
      expect(contrast(mapColors.grid[theme], mapColors["grid-pill"][theme])).toBeGreaterThanOrEqual(4.5);
    });
    it.each(["no-dog", "timed", "no-parking", "strict-road", "loading", "stall", "parking-frame", "market", "drop-off", "station", "water", "other", "off"] as const)(`${theme}: zone %s`, (kind) => {
      // What is off is quieter, but still a sign.
      expect(contrast(mapColors[`zone-${kind}`][theme], mapColors.halo[theme])).toBeGreaterThanOrEqual(kind === "off" ? 4 : 4.5);
    });
  }
});

describe("units stand out from the land and from their rim, 3:1", () => {
  for (const theme of themes)
    it.each<MapColor>(["unit-on", "unit-busy", "unit-off", "unit-dog"])(`${theme}: %s`, (fill) => {
      for (const back of ["unit-rim", "land", "street"] as const)
        expect(contrast(mapColors[fill][theme], mapColors[back][theme])).toBeGreaterThanOrEqual(3);
    });
});

describe("the subject is louder than the base", () => {
  it.each(themes)("%s: the route stands out from every street", (theme) => {
    for (const street of ["motorway", "main", "street", "land", "water", "green"] as const)
      expect(contrast(mapColors.route[theme], mapColors[street][theme])).toBeGreaterThan(2.5);
  });
});
