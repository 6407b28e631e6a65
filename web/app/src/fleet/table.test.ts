import { describe, expect, it } from "vitest";
import { arrange, step, type Column } from "./table";

interface Car {
  plate: string;
  load: number;
}
const cars: Car[] = [
  { plate: "DE10", load: 2 },
  { plate: "DE9", load: 1 },
  { plate: "", load: 3 },
  { plate: "NJ1", load: 1 },
];
const columns: Column<Car>[] = [
  { id: "plate", head: "", text: (c) => c.plate, width: "1fr" },
  { id: "load", head: "", text: (c) => `load ${c.load}`, order: (c) => c.load, width: "1fr" },
];
const plates = (words: string, column: string, down = false) => arrange(cars, columns, words, { column, down }, "en").map((c) => c.plate);

describe("arrange", () => {
  it("reads numbers in texts as numbers, and puts the empty last either way", () => {
    expect(plates("", "plate")).toEqual(["DE9", "DE10", "NJ1", ""]);
    expect(plates("", "plate", true)).toEqual(["NJ1", "DE10", "DE9", ""]);
  });
  it("orders by number, then by the first column", () => {
    expect(plates("", "load")).toEqual(["DE9", "NJ1", "DE10", ""]);
  });
  it("finds rows that hold every word, in any column", () => {
    expect(plates("de 1", "plate")).toEqual(["DE9", "DE10"]);
    expect(plates("nj load", "plate")).toEqual(["NJ1"]);
    expect(plates("nothing", "plate")).toEqual([]);
  });
});

it.each<[string, number, number | null]>([
  ["ArrowDown", 0, 1],
  ["ArrowDown", 9, 9],
  ["ArrowUp", 0, 0],
  ["End", 3, 9],
  ["Home", 3, 0],
  ["PageDown", 3, 8],
  ["x", 3, null],
])("%s from row %d goes to %s", (key, at, want) => {
  expect(step(key, at, 10, 5)).toBe(want);
});
