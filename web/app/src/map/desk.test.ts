import { describe, expect, it } from "vitest";
import type { Hit } from "../api/types";
import { emptyDesk, moves, type Desk } from "./desk";
import { allShown, readShown } from "./layers";

const start = emptyDesk("", allShown);
const hit: Hit = { kind: "street", detail: "residential", name: "Main", names: {}, number: "", in: "", at: [1, 2], bounds: [1, 2, 3, 4] };
const run = (...steps: ((d: Desk) => Desk)[]) => steps.reduce((d, step) => step(d), start);

describe("desk", () => {
  it("opens a deep link on its route", () => {
    const d = emptyDesk("?from=1,2&to=3,4&profile=car", allShown);
    expect(d).toMatchObject({ card: "route", from: [1, 2], to: [3, 4], profile: "car" });
  });
  it("flies to a found street's bounds and to a point's place", () => {
    expect(moves.choose(start, hit).flight?.to).toEqual({ bounds: [1, 2, 3, 4] });
    expect(moves.choose(start, { ...hit, kind: "poi", bounds: [1, 2, 1, 2] }).flight?.to).toEqual({ at: [1, 2], zoom: 17 });
  });
  it("never flies when a spot is pointed at", () => {
    expect(moves.point(start, { at: [1, 2] }).flight).toBeNull();
  });
  it("drops the route while an end is missing and swaps ends with their names", () => {
    const d = run(
      (x) => moves.setEnd(x, "from", [1, 2], "A"),
      (x) => moves.setEnd(x, "to", [3, 4]),
      moves.swap,
    );
    expect(d).toMatchObject({ from: [3, 4], to: [1, 2], names: { from: "", to: "A" } });
    expect(moves.setEnd({ ...d, route: {} as never }, "to", null).route).toBeNull();
  });
  it("flies to an alert that is opened, and stays where it is when one is only marked", () => {
    const opened = moves.openAlert(start, { id: 7, at: [1, 2] });
    expect(opened).toMatchObject({ card: "alert", alert: 7, flight: { to: { at: [1, 2] } } });
    const next = moves.markAlert(opened, 8);
    expect(next).toMatchObject({ card: "alert", alert: 8 });
    expect(next.flight).toBe(opened.flight);
    expect(moves.markAlert(opened, null)).toMatchObject({ card: "none", alert: null });
    expect(moves.chooseUnit(start, "p9").flight).toBeNull();
  });
  it("closes what is written before the alert, and keeps its mark in the queue", () => {
    const opened: Desk = { ...moves.openAlert(start, { id: 7, at: [1, 2] }), form: "close" };
    const one = moves.close(opened);
    expect(one).toMatchObject({ card: "alert", form: null });
    expect(moves.close(one)).toMatchObject({ card: "none", alert: 7 });
  });
  it("closes the last opened thing first", () => {
    const d = run(
      (x) => moves.setEnd(x, "from", [1, 2]),
      (x) => moves.point(x, { at: [5, 6] }),
      (x) => ({ ...x, layersOpen: true }),
    );
    const one = moves.close(d);
    expect(one).toMatchObject({ layersOpen: false, card: "spot" });
    const two = moves.close(one);
    expect(two).toMatchObject({ card: "route", spot: null });
    expect(moves.close(two)).toMatchObject({ card: "none", from: null });
  });
});

it.each([null, "", "{", "7", "null", '{"pois":"no"}'])("kept layers %j fall back to all", (text) => {
  expect(readShown(text)).toEqual(allShown);
});
it("kept layers are read", () => {
  expect(readShown('{"pois":false,"junk":true}')).toEqual({ ...allShown, pois: false });
});
