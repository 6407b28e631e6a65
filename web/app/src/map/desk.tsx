// The desk is the state of the map page: what is chosen, what is asked, what is
// open. It has this one home; panels read it, map layers show it.
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from "react";
import type { Closure, Reached } from "../api/closures";
import type { Bounds, Hit, LngLat, Profile, Route } from "../api/types";
import { draftOf, emptyDraft, type Draft } from "./closures/draft";
import { loadShown, keepShown, type Group, type Overlay, type Shown } from "./layers";
import type { Alert } from "../live/wire";
import type { Player } from "../past/player";
import { readMoment, type Moment } from "../past/moment";
import { useSession } from "../session/session";
import type { Trip } from "./trip";
import { mostVia, readAsked, type View } from "./url";

// A Spot is a place that somebody pointed at or found.
export interface Spot {
  at: LngLat;
  bounds?: Bounds;
  hit?: Hit; // when it came from the search
}

export type Card = "none" | "spot" | "route" | "layers" | "alert" | "unit" | "closure" | "draw" | "reach";

// A Flight is a wish to move the map; n makes each one new.
export interface Flight {
  n: number;
  to: { at: LngLat; zoom?: number } | { bounds: Bounds } | { by: [number, number] } | { zoomBy: number } | { north: true };
}

export interface Desk {
  card: Card; // on a phone one card is open at a time; at a desk "layers" is apart
  layersOpen: boolean;
  searching: boolean; // a phone's search sheet
  spot: Spot | null;
  hinted: LngLat | null; // the search result under the cursor keys
  from: LngLat | null;
  to: LngLat | null;
  via: readonly LngLat[]; // passed in their order
  adding: boolean; // the next click on the map is a point to pass
  names: { from: string; to: string }; // how the ends were found, if by name
  profile: Profile;
  ferries: boolean;
  leave: string | null; // an instant; null: now
  route: Route | null;
  pick: number; // which of its ways, 0 is the best
  step: number | null; // index of the step of that way that is pointed at
  shown: Shown;
  q: string;
  alert: number | null; // marked in the queue; its panel is open with card "alert"
  form: "close" | "note" | null; // what is written about the open alert
  unit: string | null; // whose panel is open with card "unit"
  follow: string | null; // the map goes along with this unit
  going: readonly string[]; // units that could go, numbered on the map
  closure: number | null; // whose panel is open with card "closure"
  draft: Draft | null; // what is drawn with card "draw"
  reach: LngLat | null; // from where, with card "reach"
  reached: Reached | null;
  trip: Trip | null; // the walk or run that is drawn
  past: Player | null; // an hour gone by is on the map, not what is live
  moment: Moment | null; // what hour to look at is being asked
  queue: boolean; // the alert queue is unfolded
  flood: boolean; // more alerts come than one person can take one by one
  blind: boolean; // the browser doesn't let us draw units
  flight: Flight | null;
  view: View | null; // last view, for coming back from another page
}

export function emptyDesk(search: string, shown: Shown): Desk {
  const asked = readAsked(search);
  return {
    card: asked.from !== null || asked.to !== null ? "route" : "none",
    layersOpen: false,
    searching: false,
    spot: null,
    hinted: null,
    from: asked.from,
    to: asked.to,
    names: { from: "", to: "" },
    via: asked.via,
    adding: false,
    profile: asked.profile,
    ferries: asked.ferries,
    leave: asked.leave,
    route: null,
    pick: asked.pick,
    step: null,
    shown,
    q: asked.q,
    alert: null,
    form: null,
    unit: null,
    follow: null,
    going: [],
    closure: null,
    draft: null,
    reach: null,
    reached: null,
    trip: null,
    past: null,
    moment: readMoment(search),
    queue: true,
    flood: false,
    blind: false,
    flight: null,
    view: null,
  };
}

// The moves are pure: a desk and what happened make the next desk.
export const moves = {
  point: (d: Desk, spot: Spot): Desk => ({ ...d, spot, card: "spot", hinted: null, searching: false }),
  choose: (d: Desk, hit: Hit): Desk =>
    fly({ ...d, spot: { at: hit.at, bounds: hit.bounds, hit }, card: "spot", hinted: null, searching: false }, flightTo(hit)),
  setEnd(d: Desk, end: "from" | "to", at: LngLat | null, name = ""): Desk {
    // The pin of a spot that becomes an end would hide the end's own.
    const next: Desk = { ...d, [end]: at, names: { ...d.names, [end]: name }, card: "route", spot: null, searching: false, adding: false, step: null, pick: 0 };
    return next.from === null || next.to === null ? { ...next, route: null } : next;
  },
  // addVia passes one more point: behind the others, or in between.
  addVia: (d: Desk, at: LngLat, place = d.via.length): Desk =>
    d.via.length >= mostVia ? { ...d, adding: false } : { ...d, via: [...d.via.slice(0, place), at, ...d.via.slice(place)], card: "route", spot: null, adding: false, step: null, pick: 0 },
  moveVia: (d: Desk, i: number, at: LngLat): Desk => ({ ...d, via: d.via.map((p, k) => (k === i ? at : p)), step: null }),
  dropVia: (d: Desk, i: number): Desk => ({ ...d, via: d.via.filter((_, k) => k !== i), step: null, pick: 0 }),
  // earlierVia changes places with the point before, the first of them with none.
  earlierVia: (d: Desk, i: number): Desk => {
    const via = [...d.via];
    const [one] = via.splice(i, 1);
    return i < 1 || one === undefined ? d : { ...d, via: [...via.slice(0, i - 1), one, ...via.slice(i - 1)], step: null };
  },
  swap: (d: Desk): Desk => ({ ...d, from: d.to, to: d.from, via: [...d.via].reverse(), names: { from: d.names.to, to: d.names.from }, step: null, pick: 0 }),
  clearRoute: (d: Desk): Desk => ({ ...d, from: null, to: null, via: [], adding: false, leave: null, names: { from: "", to: "" }, route: null, pick: 0, step: null, card: "none" }),
  // close is what Esc does: the last opened thing goes first.
  close: (d: Desk): Desk => {
    if (d.searching) return { ...d, searching: false };
    if (d.adding) return { ...d, adding: false };
    if (d.layersOpen) return { ...d, layersOpen: false };
    if (d.card === "spot") return { ...d, card: d.from !== null || d.to !== null ? "route" : "none", spot: null };
    if (d.card === "draw") return { ...d, card: d.draft?.of === null || d.draft === null ? back(d) : "closure", draft: null };
    if (d.card === "closure" || d.card === "reach") return { ...d, card: back(d), closure: null, reach: null };
    if (d.card === "route") return moves.clearRoute(d);
    if (d.form !== null) return { ...d, form: null };
    if (d.card === "alert" || d.card === "unit") return { ...d, card: d.from !== null || d.to !== null ? "route" : "none", unit: null };
    if (d.follow !== null) return { ...d, follow: null };
    if (d.past !== null && d.card === "none") return moves.showPast(d, null);
    return { ...d, card: "none" };
  },
  // markAlert moves the mark in the queue; an open panel goes with it, the map stays.
  markAlert: (d: Desk, id: number | null): Desk => ({ ...d, alert: id, card: id === null && d.card === "alert" ? "none" : d.card }),
  openAlert: (d: Desk, a: Pick<Alert, "id" | "at">): Desk =>
    fly({ ...d, alert: a.id, card: "alert", unit: null, spot: null, layersOpen: false, searching: false }, { at: a.at, zoom: 16 }),
  chooseUnit: (d: Desk, id: string): Desk => ({ ...d, unit: id, card: "unit", spot: null, layersOpen: false, searching: false }),
  follow: (d: Desk, id: string): Desk => ({ ...d, follow: d.follow === id ? null : id }),
  unfollow: (d: Desk): Desk => (d.follow === null ? d : { ...d, follow: null }),
  // askPast asks which hour to look at, and why; showPast shows it, null what is live.
  askPast: (d: Desk, moment: Moment | null): Desk => ({ ...d, moment }),
  showPast: (d: Desk, past: Player | null): Desk => {
    if (d.past !== past) d.past?.stop();
    return { ...d, past, moment: null, follow: null, unit: null, card: d.card === "unit" || d.card === "alert" ? "none" : d.card, layersOpen: false };
  },
  // openClosure shows a closure, and flies to its streets if they are given.
  openClosure: (d: Desk, id: number, lines?: readonly (readonly (readonly number[])[] | null)[]): Desk => {
    const next: Desk = { ...d, closure: id, card: "closure", spot: null, unit: null, searching: false };
    const all = (lines ?? []).flatMap((l) => l ?? []);
    if (all.length === 0) return next;
    const xs = all.map((p) => p[0] ?? 0);
    const ys = all.map((p) => p[1] ?? 0);
    return fly(next, { bounds: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] });
  },
  drawClosure: (d: Desk, at: LngLat | null): Desk => ({ ...d, draft: emptyDraft(at), card: "draw", closure: null, spot: null, unit: null, layersOpen: false, searching: false }),
  changeClosure: (d: Desk, c: Closure): Desk => ({ ...d, draft: draftOf(c), card: "draw", layersOpen: false }),
  // draw puts a point down; one put on the last again changes nothing.
  draw: (d: Desk, at: LngLat): Desk => (d.draft === null ? d : { ...d, draft: { ...d.draft, points: [...d.draft.points, at] } }),
  undraw: (d: Desk): Desk => (d.draft === null ? d : { ...d, draft: { ...d.draft, points: d.draft.points.slice(0, -1), streets: d.draft.points.length > 1 ? d.draft.streets : [] } }),
  reachFrom: (d: Desk, at: LngLat): Desk => ({ ...d, reach: at, reached: null, card: "reach", closure: null, spot: null, unit: null, layersOpen: false, searching: false }),
  show: (d: Desk, group: Group | Overlay, on: boolean): Desk => ({ ...d, shown: { ...d.shown, [group]: on } }),
  fly,
};

// back is the card that is seen when the one over it is closed.
const back = (d: Desk): Card => (d.from !== null || d.to !== null ? "route" : "none");

function fly(d: Desk, to: Flight["to"]): Desk {
  // Who wants to look elsewhere follows nobody any more; nearer and farther is not elsewhere.
  const away = "at" in to || "bounds" in to || "by" in to;
  return { ...d, follow: away ? null : d.follow, flight: { n: (d.flight?.n ?? 0) + 1, to } };
}

function flightTo(hit: Hit): Flight["to"] {
  const [w, s, e, n] = hit.bounds;
  if (e - w < 1e-9 && n - s < 1e-9) return { at: hit.at, zoom: hit.kind === "settlement" ? 14 : 17 };
  return { bounds: hit.bounds };
}

export class DeskStore {
  private desk: Desk;
  private readonly listeners = new Set<() => void>();
  constructor(start: Desk) {
    this.desk = start;
  }
  get = (): Desk => this.desk;
  subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  };
  set = (next: (d: Desk) => Desk): void => {
    const before = this.desk;
    this.desk = next(before);
    if (this.desk.shown !== before.shown) keepShown(this.desk.shown);
    if (this.desk !== before) this.listeners.forEach((tell) => tell());
  };
}

const Context = createContext<DeskStore | null>(null);

export function DeskProvider({ children }: { children: ReactNode }) {
  const store = useMemo(() => new DeskStore(emptyDesk(location.search, loadShown())), []);
  const { person } = useSession();
  const id = person?.id;
  // Another person must not inherit what the one before was shown of the past.
  useEffect(() => () => store.set((d) => (d.past === null ? d : moves.showPast(d, null))), [store, id]);
  return <Context value={store}>{children}</Context>;
}

export function useDeskStore(): DeskStore {
  const store = useContext(Context);
  if (store === null) throw new Error("no DeskProvider above");
  return store;
}

// useDesk reads a part of the desk and draws again only when that part changes.
export function useDesk<T>(part: (d: Desk) => T): T {
  const store = useDeskStore();
  return useSyncExternalStore(store.subscribe, () => part(store.get()));
}
