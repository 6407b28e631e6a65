// The one table of colours and measures. The pages get it as CSS variables, the
// map style reads it as values, and a test holds its contrasts.

export type Theme = "light" | "dark";

interface Row {
  light: string;
  dark: string;
}

// colours of panels, text and signs
export const colors = {
  ground: { light: "#F4F3EF", dark: "#12161B" },
  panel: { light: "#FFFFFF", dark: "#1A2027" },
  raised: { light: "#FFFFFF", dark: "#222A33" },
  sunken: { light: "#F0EEE8", dark: "#141A20" },
  text: { light: "#16202A", dark: "#E8EDF2" },
  muted: { light: "#5B6875", dark: "#93A1AF" },
  line: { light: "#E3E1DA", dark: "#2C3640" },
  // "edge" is the border of things one can operate; it needs 3:1 where line does not.
  edge: { light: "#868D94", dark: "#6A7682" },
  brand: { light: "#0F766E", dark: "#2DD4BF" },
  "brand-strong": { light: "#0B5C56", dark: "#5EEAD4" },
  "brand-soft": { light: "#E0F0EE", dark: "#16322F" },
  "on-brand": { light: "#FFFFFF", dark: "#0B1F1D" },
  confirmed: { light: "#C81E1E", dark: "#FF6B6B" },
  "confirmed-soft": { light: "#FCEBEB", dark: "#3A1F22" },
  likely: { light: "#B45309", dark: "#FFA94D" },
  "likely-soft": { light: "#FDF3E4", dark: "#352818" },
  possible: { light: "#8A6D00", dark: "#FFD43B" },
  ok: { light: "#157F3C", dark: "#51CF66" },
  info: { light: "#1D6FD1", dark: "#74B3FF" },
  "info-soft": { light: "#F1F7FE", dark: "#1B2B40" },
  stale: { light: "#8A94A0", dark: "#6C7884" },
} as const satisfies Record<string, Row>;

// colours of the map: print cartography by day, a control room by night
export const mapColors = {
  land: { light: "#F1EFE9", dark: "#161B20" },
  built: { light: "#EBE8E1", dark: "#191F25" },
  industry: { light: "#E9E5E3", dark: "#1B1F27" },
  water: { light: "#CFE1EC", dark: "#0E1C27" },
  waterline: { light: "#B5CFDF", dark: "#183041" },
  green: { light: "#DDE9D3", dark: "#16231B" },
  wood: { light: "#D0E0C5", dark: "#15261B" },
  sand: { light: "#F0E8D2", dark: "#232219" },
  building: { light: "#E4E0D8", dark: "#1E252C" },
  "building-edge": { light: "#D3CDC1", dark: "#29323B" },
  motorway: { light: "#E8B96A", dark: "#5A4A2A" },
  "motorway-edge": { light: "#C9954A", dark: "#7A653A" },
  main: { light: "#F7E3B5", dark: "#43433A" },
  "main-edge": { light: "#DDBF82", dark: "#59594C" },
  street: { light: "#FFFFFF", dark: "#2B333B" },
  "street-edge": { light: "#D8D4CA", dark: "#1F262D" },
  path: { light: "#BDB6A8", dark: "#39424B" },
  tunnel: { light: "#F4F1EA", dark: "#1D2329" },
  rail: { light: "#B9B6B2", dark: "#3B444E" },
  runway: { light: "#DEDCE2", dark: "#262D36" },
  boundary: { light: "#A58FB0", dark: "#5B4F6B" },
  arrow: { light: "#8F8B80", dark: "#77838F" },
  label: { light: "#2B3640", dark: "#C3CDD6" },
  "label-soft": { light: "#565F68", dark: "#8E9BA8" },
  "label-water": { light: "#3F6E8C", dark: "#6FA0C0" },
  "label-green": { light: "#4A6B3F", dark: "#84A98B" },
  halo: { light: "#FBFAF7", dark: "#12171C" },
  shield: { light: "#6A5420", dark: "#D9BE85" },
  route: { light: "#1D6FD1", dark: "#74B3FF" },
  "route-other": { light: "#8E9AA7", dark: "#5D6975" },
  "route-casing": { light: "#FFFFFF", dark: "#0C1116" },
  "route-arrow": { light: "#FFFFFF", dark: "#0C1116" },
  focus: { light: "#0F766E", dark: "#2DD4BF" },
  // parts of a draft, in the studio: calm, told apart by name too
  "part-0": { light: "#3F82AD", dark: "#66A9D4" },
  "part-1": { light: "#B3762A", dark: "#DDA662" },
  "part-2": { light: "#4F8F60", dark: "#79BA8B" },
  "part-3": { light: "#9A5F98", dark: "#C391C1" },
  "part-4": { light: "#BF6350", dark: "#E08F7E" },
  "part-5": { light: "#2F8A88", dark: "#5AB8B5" },
  "part-6": { light: "#7A73BD", dark: "#A8A2DF" },
  "part-7": { light: "#85822C", dark: "#BDBA66" },
  // who answers for which ground, and what holds there
  grid: { light: "#B5127F", dark: "#F27ACB" },
  "grid-pill": { light: "#FFFFFF", dark: "#2A1826" },
  "zone-no-dog": { light: "#C81E1E", dark: "#FF6B6B" },
  "zone-timed": { light: "#B45309", dark: "#FFA94D" },
  "zone-no-parking": { light: "#9A3FB5", dark: "#D89BEA" },
  "zone-strict-road": { light: "#6D28D9", dark: "#B197FC" },
  "zone-loading": { light: "#1D6FD1", dark: "#74B3FF" },
  "zone-stall": { light: "#157F3C", dark: "#51CF66" },
  "zone-parking-frame": { light: "#0B6E7F", dark: "#66D9E8" },
  "zone-market": { light: "#4D6B00", dark: "#C0EB75" },
  "zone-drop-off": { light: "#8A4B08", dark: "#E8B27A" },
  "zone-station": { light: "#0F766E", dark: "#2DD4BF" },
  "zone-water": { light: "#1F6A8B", dark: "#7CC4DE" },
  "zone-other": { light: "#5B6875", dark: "#A9B6C3" },
  "zone-off": { light: "#6E7883", dark: "#8A96A3" },
  // streets that are closed, slower, or will be
  closure: { light: "#B3123A", dark: "#FF7A8F" },
  "closure-slow": { light: "#B45309", dark: "#FFA94D" },
  "closure-off": { light: "#6E5A62", dark: "#B39AA3" },
  "closure-stripe": { light: "#FFFFFF", dark: "#22161A" },
  station: { light: "#0F766E", dark: "#2DD4BF" },
  pound: { light: "#51606E", dark: "#B4C0CC" },
  "unit-on": { light: "#0F766E", dark: "#2DD4BF" },
  "unit-busy": { light: "#1D6FD1", dark: "#74B3FF" },
  "unit-off": { light: "#6B7580", dark: "#8593A1" },
  "unit-dog": { light: "#7A4A26", dark: "#E0AC7C" },
  "unit-old": { light: "#8A94A0", dark: "#6C7884" },
  "unit-rim": { light: "#FFFFFF", dark: "#0C1116" },
  "poi-food": { light: "#B0562A", dark: "#E39A70" },
  "poi-shop": { light: "#8A4FA0", dark: "#C79BDB" },
  "poi-care": { light: "#B83A4B", dark: "#EE8B97" },
  "poi-learn": { light: "#7A6212", dark: "#D6BD6A" },
  "poi-civic": { light: "#3B5C8C", dark: "#8FB2E3" },
  "poi-move": { light: "#2C6E91", dark: "#7CC0E3" },
  "poi-green": { light: "#41703A", dark: "#8CC284" },
  "poi-stay": { light: "#6A5A4C", dark: "#BFAE9E" },
} as const satisfies Record<string, Row>;

export type Color = keyof typeof colors;
export type MapColor = keyof typeof mapColors;

// measures, in CSS pixels
export const space = [4, 8, 12, 16, 24, 32] as const;
export const type = [12, 13, 15, 18, 24] as const;
export const radius = { control: 8, panel: 12 } as const;

export const shadow = {
  light: "0 1px 2px rgb(22 32 42 / 0.06), 0 6px 24px rgb(22 32 42 / 0.12)",
  dark: "0 1px 2px rgb(0 0 0 / 0.4), 0 8px 28px rgb(0 0 0 / 0.45)",
} as const satisfies Row;

// A palette is one theme's column of the map table, as the map style wants it.
export type Palette = Record<MapColor, string>;

export function palette(theme: Theme): Palette {
  return Object.fromEntries(
    Object.entries(mapColors).map(([name, row]) => [name, row[theme]]),
  ) as Palette;
}
