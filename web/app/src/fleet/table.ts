// What a table of a register shows of its rows: found by words, put in order.

export interface Column<T> {
  id: string;
  head: string;
  text: (row: T) => string; // what is read, searched and, without order, sorted by
  order?: (row: T) => number;
  width: string; // of the grid's column, as in CSS
  look?: "strong" | "dim" | "code";
}

export interface Sort {
  column: string;
  down: boolean;
}

// arrange keeps the rows that hold every word, in the order of a column. Rows
// that are alike there stay in the order of the first column.
export function arrange<T>(rows: readonly T[], columns: readonly Column<T>[], words: string, sort: Sort, language: string): T[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = wanted.length === 0 ? [...rows] : rows.filter((r) => holds(columns.map((c) => c.text(r)).join(" ").toLowerCase(), wanted));
  const by = columns.find((c) => c.id === sort.column);
  const first = columns[0];
  if (by === undefined || first === undefined) return found;
  const compare = new Intl.Collator(language, { numeric: true }).compare;
  const keyed = found.map((row) => ({ row, text: by.text(row), n: by.order?.(row) ?? 0, first: first.text(row) }));
  const turn = sort.down ? -1 : 1;
  keyed.sort((a, b) => turn * (by.order === undefined ? emptyLast(a.text, b.text, turn) || compare(a.text, b.text) : a.n - b.n) || compare(a.first, b.first));
  return keyed.map((k) => k.row);
}

function holds(line: string, words: string[]): boolean {
  return words.every((w) => line.includes(w));
}

// emptyLast: what is not told stands below, whichever way round.
function emptyLast(a: string, b: string, turn: number): number {
  return turn * (Number(a === "") - Number(b === ""));
}

// step is the row that a key goes to.
export function step(key: string, at: number, count: number, page: number): number | null {
  const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1, PageDown: at + page, PageUp: at - page };
  const next = to[key];
  return next === undefined || count === 0 ? null : Math.max(0, Math.min(count - 1, next));
}
