import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Names } from "../api/types";
import { useSession } from "../session/session";
import { isLanguage, type Language } from "./i18n";

// Format writes numbers and times the way the reader's language does, times in
// the bureau's zone: an officer's "17:00" must not depend on the laptop.
export interface Format {
  language: Language;
  distance(m: number): string;
  duration(s: number): string;
  number(n: number): string;
  percent(fraction: number): string;
  time(iso: string): string;
  date(iso: string): string;
  clock(at: string | number): string; // 09:14
  soon(iso: string, now?: number): string; // "17:00" today, "Mon 17:00" this week, else with the date
  relative(iso: string, now?: number): string;
  name(names: Names | undefined, fallback?: string): string;
}

// makeFormat takes a bureau's time zone; one that is not set up yet has none, and
// then the browser's must do.
export function makeFormat(language: Language, zone: string): Format {
  const timeZone = zone === "" ? undefined : zone;
  const unit = (u: string, digits: number) =>
    new Intl.NumberFormat(language, { style: "unit", unit: u, unitDisplay: "short", maximumFractionDigits: digits });
  const metre = unit("meter", 0);
  const kilometre = unit("kilometer", 1);
  const minute = unit("minute", 0);
  const hour = unit("hour", 0);
  const number = new Intl.NumberFormat(language);
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  const when = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium", timeZone, hourCycle: "h23" });
  const day = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone });
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
  const weekday = new Intl.DateTimeFormat(language, { weekday: "short", timeZone });
  const monthDay = new Intl.DateTimeFormat(language, { month: "short", day: "numeric", timeZone });
  const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const short: Language | "zh" = language === "zh-CN" ? "zh" : "en";
  return {
    language,
    distance: (m) => (m < 995 ? metre.format(m < 100 ? Math.round(m) : Math.round(m / 10) * 10) : kilometre.format(m / 1000)),
    duration(s) {
      const minutes = Math.max(1, Math.round(s / 60));
      if (minutes < 60) return minute.format(minutes);
      const h = hour.format(Math.floor(minutes / 60));
      return minutes % 60 === 0 ? h : `${h} ${minute.format(minutes % 60)}`;
    },
    number: (n) => number.format(n),
    percent: (f) => percent.format(f),
    time: (iso) => when.format(new Date(iso)),
    date: (iso) => day.format(new Date(iso)),
    clock: (at) => clock.format(new Date(at)),
    soon(iso, now = Date.now()) {
      const at = Date.parse(iso);
      const hour = clock.format(at);
      if (day.format(at) === day.format(now)) return hour;
      return `${(Math.abs(at - now) < 6 * 86_400_000 ? weekday : monthDay).format(at)} ${hour}`;
    },
    relative(iso, now = Date.now()) {
      const s = (Date.parse(iso) - now) / 1000;
      const size = Math.abs(s);
      if (size < 60) return ago.format(Math.round(s), "second");
      if (size < 3600) return ago.format(Math.round(s / 60), "minute");
      if (size < 86_400) return ago.format(Math.round(s / 3600), "hour");
      return ago.format(Math.round(s / 86_400), "day");
    },
    name: (names, fallback = "") =>
      names?.[language] ?? names?.[short] ?? names?.[""] ?? names?.en ?? names?.["zh-CN"] ?? fallback,
  };
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  const { time_zone } = useSession();
  const language = isLanguage(i18n.language) ? i18n.language : "en";
  return useMemo(() => makeFormat(language, time_zone), [language, time_zone]);
}
