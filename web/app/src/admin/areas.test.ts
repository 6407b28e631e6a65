import { describe, expect, it } from "vitest";
import type { Area, AreaKind } from "../api/types";
import { below, flatten, kindsUnder } from "./areas";
import { findPeople } from "./PeopleSection";

const area = (id: number, parent: number, kind: AreaKind = "town", code = ""): Area => ({ id, parent, kind, code, name: {}, boundary: null, version: 1 });

describe("flatten", () => {
  it("lists the tree from the top, by code", () => {
    const rows = flatten([area(4, 2), area(3, 1, "town", "01"), area(2, 1, "town", "02"), area(1, 0, "bureau")]);
    expect(rows.map((r) => [r.area.id, r.depth])).toEqual([[1, 0], [3, 1], [2, 1], [4, 2]]);
  });
  it("shows a part of a tree whose root is not ours to see", () => {
    expect(flatten([area(5, 2), area(6, 5)]).map((r) => r.depth)).toEqual([0, 1]);
  });
});

it("an area can not be moved under itself", () => {
  expect([...below([area(1, 0), area(2, 1), area(3, 2), area(4, 1)], 2)]).toEqual([2, 3]);
});

it("a station has nothing under it", () => {
  expect(kindsUnder("station")).toEqual([]);
});

it("people are found by part of name or login, the disabled last", () => {
  const p = (id: number, login: string, name: string, disabled = false) => ({ id, login, name, disabled }) as never;
  const all = [p(1, "zhao", "赵六", true), p(2, "ada", "Ada Lovelace"), p(3, "zhang", "张三")];
  expect(findPeople(all, "").map((x) => x.id)).toEqual([2, 3, 1]);
  expect(findPeople(all, "zha").map((x) => x.id)).toEqual([3, 1]);
  expect(findPeople(all, "love ada").map((x) => x.id)).toEqual([2]);
  expect(findPeople(all, "张").map((x) => x.id)).toEqual([3]);
});
