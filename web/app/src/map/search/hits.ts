import type { TFunction } from "i18next";
import type { Hit } from "../../api/types";
import type { Format } from "../../i18n/format";

// hitTitle is a hit's name in the reader's language; an address leads or ends
// with its number as the language has it.
export function hitTitle(hit: Hit, format: Pick<Format, "name" | "language">): string {
  const name = format.name(hit.names, hit.name) || hit.name;
  if (hit.number === undefined || hit.number === "") return name;
  return format.language === "zh-CN" && /[\u3400-\u9fff]/.test(name) ? `${name}${hit.number}号` : `${hit.number} ${name}`;
}

// describe says what it is and where: "Street · Wilmington".
export function describe(hit: Hit, t: TFunction): string {
  const kind = t(`hit.${hit.kind}`);
  const detail = hit.detail === "" ? kind : t([`detail.${hit.detail}` as "detail.cafe", `hit.${hit.kind}`]);
  return hit.in === undefined || hit.in === "" ? detail : `${detail} · ${hit.in}`;
}

const saved = "citygrid.recent";
const most = 6;

export function readRecent(text: string | null): Hit[] {
  try {
    const kept: unknown = JSON.parse(text ?? "[]");
    if (!Array.isArray(kept)) return [];
    return kept.filter((h): h is Hit => typeof h === "object" && h !== null && Array.isArray((h as Hit).at) && typeof (h as Hit).name === "string").slice(0, most);
  } catch {
    return [];
  }
}

export function loadRecent(): Hit[] {
  return readRecent(localStorage.getItem(saved));
}

// addRecent puts the newest first and keeps each place once.
export function addRecent(recent: Hit[], hit: Hit): Hit[] {
  const same = (h: Hit) => h.name === hit.name && h.number === hit.number && h.at[0] === hit.at[0] && h.at[1] === hit.at[1];
  return [{ ...hit, distance_m: undefined }, ...recent.filter((h) => !same(h))].slice(0, most);
}

export function keepRecent(recent: Hit[]): void {
  localStorage.setItem(saved, JSON.stringify(recent));
}
