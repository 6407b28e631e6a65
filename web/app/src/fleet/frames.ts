// How a frame's bytes and what was read of them are written.

// spaced sets bytes apart, sixteen in a line.
export function spaced(hex: string): string {
  const bytes = hex.match(/.{1,2}/g) ?? [];
  const lines: string[] = [];
  for (let i = 0; i < bytes.length; i += 16) lines.push(bytes.slice(i, i + 16).join(" "));
  return lines.join("\n");
}

export function value(v: unknown): string {
  if (v === undefined) return "";
  return typeof v === "string" ? v : JSON.stringify(v);
}
