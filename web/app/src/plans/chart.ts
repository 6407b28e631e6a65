// A search as a line: the best cost so far against time, and the bound under it.

export interface Curve {
  line: string; // of an SVG path, in a box of width and height
  bound: number | null; // y
  top: number; // cost at y 0
  bottom: number;
  best: number | null;
  gap: number | null; // of the best above the bound; 0.1 is 10 %
}

export function curve(trace: readonly (readonly number[] | null)[], bound: number | null, seconds: number, width: number, height: number): Curve {
  const points = trace.map((step) => ({ at: step?.[0] ?? 0, cost: step?.[1] ?? 0 }));
  const best = points.at(-1)?.cost ?? null;
  const costs = [...points.map((p) => p.cost), ...(bound === null ? [] : [bound])];
  const top = Math.max(...costs, 1) * 1.02;
  const low = Math.min(...costs, top);
  const bottom = Math.max(0, low - (top - low) * 0.1);
  const x = (at: number) => Math.min(1, at / Math.max(seconds, 0.001)) * width;
  const y = (cost: number) => ((top - cost) / Math.max(top - bottom, 0.001)) * height;
  let line = "";
  points.forEach((p, i) => {
    line += i === 0 ? `M${x(p.at).toFixed(1)} ${y(p.cost).toFixed(1)}` : `H${x(p.at).toFixed(1)}V${y(p.cost).toFixed(1)}`;
  });
  if (points.length > 0) line += `H${width}`;
  return { line, bound: bound === null ? null : y(bound), top, bottom, best, gap: best === null || bound === null || bound <= 0 ? null : best / bound - 1 };
}
