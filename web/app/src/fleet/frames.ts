// How a frame's bytes and what was read of them are written.

// spaced sets bytes apart, sixteen in a line.
export function spaced(hex: string): string {
  const bytes = hex.match(/.{1,2}/g) ?? [];
  const lines: string[] = [];
  for (let i = 0; i < bytes.length; i += 16) lines.push(bytes.slice(i, i + 16).join(" "));
  return lines.join("\n");
}

// readable is the text that bytes are, null if they are none.
export function readable(hex: string): string | null {
  const bytes = hex.match(/.{2}/g)?.map((b) => Number.parseInt(b, 16)) ?? [];
  if (bytes.length === 0 || !bytes.every((b) => (b >= 32 && b < 127) || b === 9 || b === 10 || b === 13)) return null;
  return String.fromCharCode(...bytes);
}

export function value(v: unknown): string {
  if (v === undefined) return "";
  return typeof v === "string" ? v : JSON.stringify(v);
}
