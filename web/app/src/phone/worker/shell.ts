// A Chunk is a file of the build, and what it needs at once.
export interface Chunk {
  imports: string[];
  css: string[];
}

// shellFiles are the files that the app's entry and the phone's own chunk need,
// entry first. What is only imported later belongs to other pages.
export function shellFiles(chunks: ReadonlyMap<string, Chunk>, entry: string, phone: string): string[] {
  const out = new Set<string>();
  const seen = new Set<string>();
  const walk = (name: string) => {
    const chunk = chunks.get(name);
    if (chunk === undefined || seen.has(name)) return;
    seen.add(name);
    out.add(name);
    chunk.css.forEach((f) => out.add(f));
    chunk.imports.forEach(walk);
  };
  walk(entry);
  walk(phone);
  return [...out];
}
