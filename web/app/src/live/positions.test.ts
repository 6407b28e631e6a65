import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FrameError, isCensus, readCensus, readPositions, type Position } from "./positions";

interface Golden {
  frame: string; // base64
  positions: Position[];
}

const golden = JSON.parse(readFileSync(new URL("../../../testdata/positions.json", import.meta.url), "utf8")) as Golden;
const bytes = (b: Uint8Array): ArrayBuffer => b.slice().buffer;
const frame = new Uint8Array(Buffer.from(golden.frame, "base64"));

describe("a frame that the server wrote", () => {
  const read = readPositions(bytes(frame));
  it("has every position", () => {
    expect(read.map((p) => p.n)).toEqual(golden.positions.map((p) => p.n));
  });
  it.each(golden.positions.map((want, i) => [want.n, want, read[i]] as const))("unit %d is where Go reads it", (_, want, got) => {
    expect(got?.ms).toBe(want.ms);
    expect(got?.at[0]).toBeCloseTo(want.at[0], 9);
    expect(got?.at[1]).toBeCloseTo(want.at[1], 9);
    if (want.heading === null) expect(got?.heading).toBeNull();
    else expect(got?.heading).toBeCloseTo(want.heading, 6);
    expect(got?.speed).toBe(want.speed);
  });
  it("is refused wherever it is cut off within a tile", () => {
    const refused = Array.from({ length: frame.length - 1 }, (_, i) => {
      try {
        return readPositions(bytes(frame.subarray(0, i + 1))).length < golden.positions.length;
      } catch (e) {
        return e instanceof FrameError;
      }
    });
    expect(refused).not.toContain(false);
  });
});

interface GoldenCounts {
  frame: string; // base64
  ms: number;
  zoom: number;
  cells: { x: number; y: number; n: number; at: [number, number] }[];
}

describe("counts that the server wrote", () => {
  const want = JSON.parse(readFileSync(new URL("../../../testdata/counts.json", import.meta.url), "utf8")) as GoldenCounts;
  const raw = new Uint8Array(Buffer.from(want.frame, "base64"));
  it("are those that Go reads", () => {
    const read = readCensus(bytes(raw));
    expect([read.ms, read.zoom]).toEqual([want.ms, want.zoom]);
    expect(read.cells.map((c) => [c.x, c.y, c.n])).toEqual(want.cells.map((c) => [c.x, c.y, c.n]));
    read.cells.forEach((c, i) => {
      expect(c.at[0]).toBeCloseTo(want.cells[i]?.at[0] ?? NaN, 9);
      expect(c.at[1]).toBeCloseTo(want.cells[i]?.at[1] ?? NaN, 9);
    });
  });
  it("are known from positions", () => {
    expect([isCensus(bytes(raw)), isCensus(bytes(frame)), isCensus(new ArrayBuffer(0))]).toEqual([true, false, false]);
  });
  it.each([[[]], [[2]], [[2, 2, 0]], [[2, 17, 0]], [[2, 12, 0, 0, 0]], [[2, 3, 0, 7, 7, 0, 0, 0]], [[2, 3, 0, 9, 0, 1, 0, 0]], [[1, 12, 0]]])("%j are none", (b) => {
    expect(() => readCensus(new Uint8Array(b).buffer)).toThrow(FrameError);
  });
});

it.each([[[]], [[2, 12, 0]], [[1, 11, 0]], [[1, 12]], [[1, 12, 0, 255, 255, 255, 255]], [[1, 12, ...Array<number>(12).fill(255)]]])("%j is no frame", (b) => {
  expect(() => readPositions(new Uint8Array(b).buffer)).toThrow(FrameError);
});
