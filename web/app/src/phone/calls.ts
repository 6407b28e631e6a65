// The spots that a walk calls at: which is next, how long to stay, and which are seen. The
// server says what is seen from stored positions; the phone reckons from its own in the
// same way, so that a call is ticked off without a signal too.
import type { LngLat } from "../api/types";
import type { CalledSpot, WalkCall } from "../live/wire";
import { bearing, metres } from "./ground";
import type { Goal, Track } from "./walk";

export const atSpot = 40; // metres from a spot that count as there, as the server has it
const vague = 60; // metres; positions less sure than that say nothing
const reach = 40; // metres before a call from which on it is what to do next
const passed = 80; // metres behind and away: who is so far has gone on
const kept = 36 * 3_600_000; // of the server's time

// Called is when the phone itself saw that somebody was at a spot: the server's time in ms
// since 1970, by spotKey.
export type Called = Readonly<Record<string, number>>;

export const spotKey = (s: CalledSpot): string => `${s.spot}/${Date.parse(s.open)}`;

const stayOf = (s: CalledSpot): number => s.stay_s * 1000;
const ends = (s: CalledSpot): number => Date.parse(s.close) + stayOf(s);

// seenAt is when a spot was first seen, by the server or the phone; null: not yet.
export function seenAt(s: CalledSpot, called: Called): number | null {
  const times = [s.seen === null ? Infinity : Date.parse(s.seen), called[spotKey(s)] ?? Infinity];
  const first = Math.min(...times);
  return first === Infinity ? null : first;
}

// look notes the spots at which a position of now is, within their hours; the same object
// when there are none that are new.
export function look(calls: readonly WalkCall[], called: Called, at: LngLat, accuracy: number, now: number): Called {
  if (accuracy > vague) return called;
  const there = calls.flatMap((c) =>
    c.spots.filter((s) => seenAt(s, called) === null && now >= Date.parse(s.open) && now <= ends(s) && Math.min(metres(at, s.at), metres(at, c.at)) <= atSpot),
  );
  if (there.length === 0) return called;
  const fresh = Object.entries(called).filter(([, t]) => t > now - kept);
  return { ...Object.fromEntries(fresh), ...Object.fromEntries(there.map((s) => [spotKey(s), now])) };
}

// What a call is like now: not open yet; to be made; made, and it still takes a while; made;
// or its hours are over and somebody was missing.
export type CallState = "early" | "open" | "staying" | "seen" | "missed";

export interface CallNow {
  call: WalkCall;
  along: number; // metres of the walk's line before it
  state: CallState;
  opens: number; // ms since 1970: the first of its spots that is to be seen
  closes: number; // until when it may begin
  stay: number; // ms in all
  until: number | null; // staying until, and seen: when it was
}

// callsNow is the calls of a walk in order.
export function callsNow(t: Track, called: Called, at: LngLat | null, now: number): CallNow[] {
  return t.walk.calls.map((call) => {
    const open = call.spots.filter((s) => seenAt(s, called) === null && now <= ends(s));
    const times = call.spots.flatMap((s) => seenAt(s, called) ?? []);
    const stay = call.spots.reduce((sum, s) => sum + stayOf(s), 0);
    const begun = times.length === 0 ? null : Math.min(...times);
    const of = open.length > 0 ? open : call.spots;
    const opens = Math.max(...of.map((s) => Date.parse(s.open)));
    const closes = Math.min(...of.map((s) => Date.parse(s.close)));
    let state: CallState = "missed";
    if (open.length > 0) state = now < opens ? "early" : "open";
    else if (times.length === call.spots.length)
      state = begun !== null && now < begun + stay && at !== null && away(call, at) <= passed ? "staying" : "seen";
    const until = begun === null ? null : state === "staying" ? begun + stay : begun;
    return { call, along: Math.min(call.from_m, t.line.length), state, opens, closes, stay, until };
  });
}

// away is how far a place is from the nearest of a call's spots, in metres.
export const away = (c: WalkCall, at: LngLat): number => Math.min(...[c.at, ...c.spots.map((s) => s.at)].map((p) => metres(at, p)));

const toDo = (c: CallNow): boolean => c.state === "early" || c.state === "open" || c.state === "staying";

// skipped says that somebody has gone past a call that is still to be made.
export const skipped = (c: CallNow, done: number, at: LngLat | null): boolean => toDo(c) && c.state !== "staying" && c.along < done - passed && (at === null || away(c.call, at) > passed);

// nextCall is the call that comes next along the walk, else the first that was passed by.
export function nextCall(calls: readonly CallNow[], done: number, at: LngLat | null): CallNow | null {
  return calls.find((c) => toDo(c) && !skipped(c, done, at)) ?? calls.find(toDo) ?? null;
}

// A CallGoal is a call that is what to do now.
export interface CallGoal {
  call: CallNow;
  distance: number | null; // metres; null without a position, or when there
  direction: number | null; // degrees from north
}

// callGoal is the next call where it comes before the street to be walked, or none is left.
export function callGoal(t: Track, calls: readonly CallNow[], street: Goal | null, done: number, at: LngLat | null): CallGoal | null {
  const next = nextCall(calls, done, at);
  if (next === null) return null;
  const s = street === null ? undefined : t.stops[street.index];
  const due = street === null || s === undefined || (next.along <= Math.max(done + reach, street.on ? 0 : s.from + 1) && !skipped(next, done, at));
  if (!due) return null;
  const to = next.call.spots[0]?.at ?? next.call.at;
  const there = at !== null && away(next.call, at) <= atSpot;
  return { call: next, distance: at === null || there ? null : metres(at, to), direction: at === null || there ? null : bearing(at, to) };
}

// An Item is what comes later on a walk: a street, or a call.
export type Item = { street: Track["stops"][number]; call?: undefined } | { call: CallNow; street?: undefined };

// later lists what comes behind the goal, in the walk's order.
export function later(t: Track, calls: readonly CallNow[], street: Goal | null, done: number, at: LngLat | null, goal: CallGoal | null): Item[] {
  const streets: Item[] = street === null ? [] : t.stops.slice(goal === null ? street.index + 1 : street.index).map((s) => ({ street: s }));
  const rest: Item[] = calls.filter((c) => toDo(c) && c.call !== goal?.call.call && !skipped(c, done, at)).map((call) => ({ call }));
  const from = (i: Item) => (i.call !== undefined ? i.call.along - 1 : i.street.from); // of one place the call comes first
  return [...streets, ...rest].sort((a, b) => from(a) - from(b));
}
