import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en.json";
import zh from "./zh-CN.json";

export const languages = ["zh-CN", "en"] as const;
export type Language = (typeof languages)[number];

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
  }
}

const saved = "citygrid.language";

export function isLanguage(v: string | null | undefined): v is Language {
  return v === "zh-CN" || v === "en";
}

// pickLanguage: a link's wish, else this browser's choice, else its own language.
export function pickLanguage(link: string | null, kept: string | null, system: readonly string[]): Language {
  if (isLanguage(link)) return link;
  if (isLanguage(kept)) return kept;
  for (const tag of system) {
    if (tag.startsWith("zh")) return "zh-CN";
    if (tag.startsWith("en")) return "en";
  }
  return "en";
}

export async function startI18n(): Promise<void> {
  const lng = pickLanguage(
    new URLSearchParams(location.search).get("lang"),
    localStorage.getItem(saved),
    navigator.languages,
  );
  await i18next.use(initReactI18next).init({
    lng,
    fallbackLng: "en",
    resources: { en: { translation: en }, "zh-CN": { translation: zh } },
    interpolation: { escapeValue: false },
  });
  document.documentElement.lang = lng;
}

// setLanguage switches at once and for the next visit. A language in the
// address was a wish for the first look, so it goes.
export function setLanguage(lng: Language): void {
  localStorage.setItem(saved, lng);
  showLanguage(lng);
  const url = new URL(location.href);
  if (url.searchParams.has("lang")) {
    url.searchParams.delete("lang");
    history.replaceState(history.state, "", url);
  }
}

// showLanguage switches without remembering it as this reader's choice.
export function showLanguage(lng: Language): void {
  document.documentElement.lang = lng;
  void i18next.changeLanguage(lng);
}

// hasChosen says whether this browser ever chose; if not, the bureau's default may.
export function hasChosenLanguage(): boolean {
  return isLanguage(localStorage.getItem(saved)) || isLanguage(new URLSearchParams(location.search).get("lang"));
}
