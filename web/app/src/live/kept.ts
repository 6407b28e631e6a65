// Kept holds what is handled by people, alerts or tasks, each in its latest
// state. The socket and the answers to our own requests both put into it; the
// higher seq wins, whichever comes first.

interface Item {
  id: number;
  seq: number;
}

export class Kept<T extends Item> {
  private items = new Map<number, T>();
  private listed: readonly T[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly watchers = new Set<(now: T, before: T | undefined) => void>();

  get(id: number): T | undefined {
    return this.items.get(id);
  }

  // list is the same array until something changes.
  list = (): readonly T[] => this.listed;

  subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  };

  // watch hears of each change by itself, but not of whole lists.
  watch(hear: (now: T, before: T | undefined) => void): () => void {
    this.watchers.add(hear);
    return () => this.watchers.delete(hear);
  }

  put(item: T): void {
    const before = this.items.get(item.id);
    if (before !== undefined && before.seq >= item.seq) return;
    this.items.set(item.id, item);
    this.tell();
    this.watchers.forEach((hear) => hear(item, before));
  }

  // guess shows what we asked for before the server has said so. The return
  // takes it back, unless the server has spoken since.
  guess(item: T): () => void {
    const before = this.items.get(item.id);
    if (before === undefined) return () => undefined;
    const guessed = { ...item, seq: before.seq };
    this.items.set(item.id, guessed);
    this.tell();
    return () => {
      if (this.items.get(item.id) !== guessed) return;
      this.items.set(item.id, before);
      this.tell();
    };
  }

  // replace takes a whole list, which is as of seq: what we know from later stays.
  replace(items: readonly T[], seq: number): void {
    const later = [...this.items.values()].filter((i) => i.seq > seq);
    this.items = new Map(items.map((i) => [i.id, i]));
    for (const i of later) if ((this.items.get(i.id)?.seq ?? -1) < i.seq) this.items.set(i.id, i);
    this.tell();
  }

  // trim forgets the oldest of those that are over, beyond so many.
  trim(over: (item: T) => boolean, most: number): void {
    if (this.items.size <= most) return;
    const done = this.listed.filter(over).sort((a, b) => a.seq - b.seq);
    if (done.length <= most) return;
    done.slice(0, done.length - most).forEach((i) => this.items.delete(i.id));
    this.tell();
  }

  clear(): void {
    this.items.clear();
    this.tell();
  }

  private tell(): void {
    this.listed = [...this.items.values()];
    this.listeners.forEach((t) => t());
  }
}
