import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FrameError, readPositions, type Position } from "./positions";

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

it.each([[[]], [[2, 12, 0]], [[1, 11, 0]], [[1, 12]], [[1, 12, 0, 255, 255, 255, 255]], [[1, 12, ...Array<number>(12).fill(255)]]])("%j is no frame", (b) => {
  expect(() => readPositions(new Uint8Array(b).buffer)).toThrow(FrameError);
});
