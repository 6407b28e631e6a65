import type { TFunction } from "i18next";
import { Check, MapPinned, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { LngLat } from "../api/types";
import { away, type CallNow } from "./calls";
import css from "./Phone.module.css";
import { useWords, type Words } from "./words";

// callTitle names all the spots of a call: several themes at one place are one stop.
export const callTitle = (c: CallNow, words: Words): string => [...new Set(c.call.spots.map((s) => words.name(s.name)))].join(" · ");

const themesOf = (c: CallNow): string => [...new Set(c.call.spots.map((s) => s.theme).filter((s) => s !== ""))].join(" · ");

// callHours is when a call may begin, or when it was made.
export function callHours(c: CallNow, t: TFunction, words: Words): string {
  if (c.state === "seen" && c.until !== null) return t("phone.call.seen", { time: words.clock(c.until) });
  if (c.state === "missed") return t("phone.call.missed", { time: words.clock(c.closes) });
  return t("phone.call.hours", { from: words.clock(c.opens), to: words.clock(c.closes) });
}

export const callStay = (c: CallNow, t: TFunction, words: Words): string => (c.stay > 0 ? t("phone.call.stay", { time: words.duration(c.stay / 1000) }) : "");

// callFacts is theme, hours and how long to stay.
export function callFacts(c: CallNow, t: TFunction, words: Words): string {
  return [themesOf(c), callHours(c, t, words), c.state === "seen" || c.state === "missed" ? "" : callStay(c, t, words)].filter((s) => s !== "").join(" · ");
}

// CallSign is the tag that the map has for a call too.
export function CallSign({ call, next }: { call: CallNow; next?: boolean }) {
  const state = call.state === "seen" || call.state === "missed" ? call.state : next === true ? "on" : "open";
  return (
    <span className={css.tag} data-state={state} aria-hidden>
      {state === "seen" ? <Check /> : state === "missed" ? <TriangleAlert /> : <b>{call.call.n}</b>}
    </span>
  );
}

// CallRow is a call in the list of what comes.
export function CallRow({ call }: { call: CallNow }) {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <li className={css.call} data-state={call.state}>
      <CallSign call={call} />
      <span className={css.what}>
        <b>{callTitle(call, words)}</b>
        <span>{callFacts(call, t, words)}</span>
      </span>
      {call.state !== "seen" && call.state !== "missed" && <span className={css.when}>{words.clock(Date.parse(call.call.eta))}</span>}
    </li>
  );
}

interface NextProps {
  call: CallNow;
  done: number;
  at: LngLat | null;
  now: number;
  shown: boolean; // the way to it is on the map
  onWay: () => void;
}

// NextCall says what call comes next while a street is walked: when it opens, how far it
// is along the walk.
export function NextCall({ call, done, at, now, shown, onWay }: NextProps) {
  const { t } = useTranslation();
  const words = useWords();
  const on = call.along - done;
  const far = on > 0 ? t("phone.call.alongWalk", { far: words.distance(on) }) : at === null ? "" : words.distance(away(call.call, at));
  return (
    <button type="button" className={css.nextCall} aria-pressed={shown} onClick={onWay}>
      <CallSign call={call} next />
      <span className={css.what}>
        <span className={css.label}>{t(on < 0 ? "phone.call.passed" : "phone.call.next")}</span>
        <b>{callTitle(call, words)}</b>
        <span>{callFacts(call, t, words)}</span>
        <span>{[far, call.state === "early" ? t("phone.call.opensIn", { left: words.left(call.opens - now) }) : ""].filter((s) => s !== "").join(" · ")}</span>
      </span>
      <MapPinned aria-hidden />
    </button>
  );
}
