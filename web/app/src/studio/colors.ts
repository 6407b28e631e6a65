// Which of the few calm colours a part wears: never that of a neighbour, as long
// as there are enough, and the same as before where that will do.
export const hues = 8;

export function colorParts(parts: readonly number[], borders: ReadonlyMap<number, ReadonlyMap<number, number>>, before: ReadonlyMap<number, number> = new Map()): Map<number, number> {
  const out = new Map<number, number>();
  const use = new Array<number>(hues).fill(0);
  // Those with many neighbours first: they have the least choice (Welsh and Powell, 1967).
  const order = [...parts].sort((a, b) => (borders.get(b)?.size ?? 0) - (borders.get(a)?.size ?? 0) || a - b);
  const clash = (part: number, hue: number) => [...(borders.get(part) ?? [])].reduce((m, [other, metres]) => (out.get(other) === hue ? m + metres : m), 0);
  const give = (part: number, hue: number) => {
    out.set(part, hue);
    use[hue] = (use[hue] ?? 0) + 1;
  };
  for (const part of order) {
    const had = before.get(part);
    if (had !== undefined && clash(part, had) === 0) give(part, had);
  }
  for (const part of order) {
    if (out.has(part)) continue;
    let best = 0;
    let cost = Infinity;
    for (let i = 0; i < hues; i++) {
      const c = clash(part, i) * 1e6 + (use[i] ?? 0);
      if (c < cost) [best, cost] = [i, c];
    }
    give(part, best);
  }
  return out;
}
