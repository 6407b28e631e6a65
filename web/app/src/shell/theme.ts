import { useSyncExternalStore } from "react";
import type { Theme } from "../tokens/tokens";

export type Wish = Theme | "system";

const saved = "citygrid.theme";
const dark = () => matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function isTheme(v: string | null): v is Theme {
  return v === "light" || v === "dark";
}

// wish is what this browser asked for; a link's ?theme= holds until the next choice.
export function themeWish(): Wish {
  const link = new URLSearchParams(location.search).get("theme");
  if (isTheme(link)) return link;
  const kept = localStorage.getItem(saved);
  return isTheme(kept) ? kept : "system";
}

export function currentTheme(): Theme {
  const set = document.documentElement.dataset.theme ?? null;
  if (isTheme(set)) return set;
  return dark().matches ? "dark" : "light";
}

function show(wish: Wish): void {
  if (wish === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = wish;
  listeners.forEach((tell) => tell());
}

export function startTheme(): void {
  show(themeWish());
}

export function setTheme(wish: Wish): void {
  if (wish === "system") localStorage.removeItem(saved);
  else localStorage.setItem(saved, wish);
  const url = new URL(location.href);
  if (url.searchParams.has("theme")) {
    url.searchParams.delete("theme");
    history.replaceState(history.state, "", url);
  }
  show(wish);
}

export function toggleTheme(): void {
  setTheme(currentTheme() === "dark" ? "light" : "dark");
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  const system = dark();
  system.addEventListener("change", tell);
  return () => {
    listeners.delete(tell);
    system.removeEventListener("change", tell);
  };
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme);
}

export function useThemeWish(): Wish {
  return useSyncExternalStore(subscribe, themeWish);
}
