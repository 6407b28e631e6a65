import { describe, expect, it } from "vitest";
import { balance, Board, compactness } from "./board";
import { colorParts, hues } from "./colors";
import { drawn } from "./drawn";
import { Finder } from "./finder";
import { beside } from "./keys";
import { nearestVertex, ties } from "./vertices";

function random(seed: number): () => number {
  let s = seed;
  return () => (s = (s * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

describe("borders found from shapes", () => {
  it("have a unit grid on each side, and the city's edge has none", () => {
    const { arcs, perimeterM, areaM2 } = new Board(drawn("AB", "AB")).topology;
    expect(arcs.filter((a) => a.other >= 0)).toHaveLength(4);
    expect(arcs.filter((a) => a.other < 0).reduce((n, a) => n + a.line.length - 1, 0)).toBe(8);
    expect(perimeterM[0]).toBeCloseTo(4 * 111.195, 0);
    expect(areaM2[0]).toBeCloseTo(111.195 ** 2, -1);
  });

  it("of a hole belong to who is in it", () => {
    const units = drawn("AAA", "ABA", "AAA");
    const ring = units.filter((u) => u.properties.part === 1);
    const inside = units.filter((u) => u.properties.part === 2);
    const outer = [[0, 0], [0.003, 0], [0.003, 0.003], [0, 0.003], [0, 0]];
    const hole = [[0.001, 0.001], [0.001, 0.002], [0.002, 0.002], [0.002, 0.001], [0.001, 0.001]];
    const [first] = ring;
    if (first === undefined) throw new Error("no ring");
    const board = new Board([{ ...first, geometry: { type: "Polygon", coordinates: [outer, hole] } }, ...inside]);
    expect(board.neighbours(0)).toEqual([1]);
    expect(board.topology.areaM2[0]).toBeCloseTo(8 * 111.195 ** 2, -2);
    expect(compactness(board.totals.get(2) ?? { units: 0, minutes: 0, areaM2: 0, perimeterM: 0 })).toBeCloseTo(Math.PI / 4, 3);
  });
});

describe("painting", () => {
  const rows = ["AAABBB", "AAABBB", "CCCDD.", "CCCDD."];

  it.each([1, 2, 3, 4])("keeps sums as if counted anew, over random strokes (seed %i)", (seed) => {
    const next = random(seed);
    const board = new Board(drawn(...rows));
    for (let stroke = 0; stroke < 60; stroke++) board.paint(Array.from({ length: 1 + Math.floor(next() * 5) }, () => Math.floor(next() * 24)), Math.floor(next() * 5));
    const anew = new Board(board.units.map((u, i) => ({ ...u, properties: { ...u.properties, part: board.part[i] ?? 0 } })));
    for (const [part, want] of anew.totals) {
      const got = board.totals.get(part);
      for (const key of ["units", "minutes", "areaM2", "perimeterM"] as const) expect(got?.[key], `part ${part}, ${key}`).toBeCloseTo(want[key], 4);
    }
  });

  it("says what changed, and nothing of what stayed", () => {
    const board = new Board(drawn(...rows));
    expect(board.paint([0, 3, 4], 1)).toEqual([
      { unit: 3, from: 2, to: 1 },
      { unit: 4, from: 2, to: 1 },
    ]);
  });

  it("may cut a part in two", () => {
    const board = new Board(drawn("AAAA", "BBBB"));
    expect(board.pieces().get(2)).toBe(1);
    board.paint([5], 1);
    expect(board.pieces().get(2)).toBe(2);
  });

  it("of an even city has max over mean 1", () => {
    const board = new Board(drawn("A"));
    expect(balance(board.totals)).toEqual({ mean: 1, max: 1, worst: 1 });
  });

  it("of 30 unit grids in a city of 3,000 takes a fraction of a frame", () => {
    const side = 55;
    const board = new Board(drawn(...Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_, x) => String.fromCharCode(65 + Math.floor(y / 10) * 5 + Math.floor(x / 11))).join(""))));
    const finder = new Finder(board);
    const took: number[] = [];
    for (let i = 0; i < 40; i++) {
      const start = performance.now();
      board.paint(finder.near([0.02 + i * 0.0005, 0.03], 300), 1 + (i % 2));
      took.push(performance.now() - start);
    }
    // A frame of 60 a second lasts 16 ms; the median leaves out a busy machine's pauses.
    expect(took.sort((a, b) => a - b)[20]).toBeLessThan(16);
  });
});

it("a name stands in the middle of its part", () => {
  const board = new Board(drawn("AAABB", "AAABB", "AAABB"));
  expect(board.hearts().get(1)).toBe(6);
});

describe("the brush", () => {
  const board = new Board(drawn("ABC", "DEF", "GHI"));
  const finder = new Finder(board);
  it.each<[string, [number, number], number, number[]]>([
    ["inside one unit grid", [0.0015, 0.0015], 10, [4]],
    ["over a border", [0.0015, 0.00195], 10, [1, 4]],
    ["over a corner", [0.001, 0.001], 10, [3, 4, 6, 7]],
    ["over the city", [0.0015, 0.0015], 400, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
    ["beside the city", [0.0045, 0.0015], 20, []],
  ])("%s", (_, at, radius, want) => {
    expect(finder.near(at, radius).sort((a, b) => a - b)).toEqual(want);
  });
  it("of one unit grid finds whose a place is", () => {
    expect(finder.at([0.0025, 0.0005])).toBe(8);
    expect(finder.at([0.0045, 0.0005])).toBe(-1);
  });
});

it.each<[string, number, number, number]>([
  ["east", 1, 0, 5],
  ["west", -1, 0, 3],
  ["north", 0, 1, 1],
  ["south", 0, -1, 7],
])("the arrow key to the %s goes to the unit grid there", (_, x, y, want) => {
  expect(beside({ board: new Board(drawn("ABC", "DEF", "GHI")) }, 4, x, y)).toBe(want);
});

it("a corner is taken on borders of parts alone, with what hangs on it", () => {
  const board = new Board(drawn("AB", "AB"));
  expect(nearestVertex(board, [0.00104, 0.00101], 20)).toEqual([0.001, 0.001]);
  expect(nearestVertex(board, [0, 0.001], 20)).toBeNull();
  expect(ties(board, [0.001, 0.001])).toHaveLength(4);
});

describe("colours", () => {
  it.each([1, 2, 3])("of neighbours differ (seed %i)", (seed) => {
    const next = random(seed);
    const board = new Board(drawn(...Array.from({ length: 12 }, () => Array.from({ length: 12 }, () => String.fromCharCode(65 + Math.floor(next() * 3))).join(""))));
    board.part.forEach((_, i) => board.paint([i], 1 + Math.floor((i % 12) / 3) + 4 * Math.floor(i / 36)));
    const borders = board.borders();
    const colors = colorParts([...borders.keys()], borders);
    for (const [a, row] of borders) for (const b of row.keys()) expect(colors.get(a), `${a} beside ${b}`).not.toBe(colors.get(b));
  });

  it("stay where they can", () => {
    const borders = new Map([[1, new Map([[2, 5]])], [2, new Map([[1, 5]])]]);
    expect(colorParts([1, 2, 3], borders, new Map([[1, 6], [2, 3], [3, 6]]))).toEqual(new Map([[1, 6], [2, 3], [3, 6]]));
  });

  it("are given again when there are more parts than colours", () => {
    const all = Array.from({ length: hues + 3 }, (_, i) => i + 1);
    expect(new Set(colorParts(all, new Map()).values()).size).toBe(hues);
  });
});
