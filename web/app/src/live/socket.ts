// A Socket keeps a connection to GET /api/live: it says hello, comes back after
// a break, each time a little later, and hands on what it hears.
import { isCensus, readCensus, readFrame, type Census, type Position } from "./positions";
import type { FromServer, ToServer } from "./wire";

// What became of the connection:
// - "waiting": not open (yet, or again); it will be tried at `next`
// - "open": welcomed
// - "ended": the session is over, to the login page
// - "broken": we did something the server doesn't understand; load the page anew
export type Phase = "waiting" | "open" | "ended" | "broken";

export interface SocketState {
  phase: Phase;
  since: number; // when the phase began, ms since 1970
  behind: boolean; // the last break was because we were too slow
  tries: number; // failed ones in a row
}

// Transport is what we need of a WebSocket; tests bring their own.
export interface Transport {
  binaryType: string;
  readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  onopen: (() => void) | null;
  onmessage: ((e: { data: unknown }) => void) | null;
  onclose: ((e: { code: number }) => void) | null;
}

export interface Ear {
  hello(): ToServer; // the first message, made when it is sent
  message(m: FromServer): void;
  positions(p: Position[], ms: number): void; // of a frame, and when it was made
  counts(c: Census): void;
  state(s: SocketState): void;
  refused(): void; // a try was turned down before it opened: is the session still there?
}

export interface SocketOptions {
  url?: string;
  dial?: (url: string) => Transport;
  random?: () => number;
  now?: () => number;
}

const closeCodes = { revoked: 4001, rights: 4002, slow: 4003, protocol: 4004 };

// wait is how long to stay away, in ms, after so many tries that failed: 1 to 5 s
// at random, doubling to 30 s, so that a thousand desks don't come at once.
export function wait(tries: number, random: number): number {
  return Math.min(30_000, (1000 + 4000 * random) * 2 ** Math.min(tries, 10));
}

export class Socket {
  private transport: Transport | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wanted = false;
  private welcomed = 0; // when the last welcome came, ms since 1970; 0 = never
  private current: SocketState;
  private readonly url: string;
  private readonly dial: (url: string) => Transport;
  private readonly random: () => number;
  private readonly now: () => number;

  constructor(
    private readonly ear: Ear,
    o: SocketOptions = {},
  ) {
    this.url = o.url ?? `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live`;
    this.dial = o.dial ?? ((url) => new WebSocket(url) as unknown as Transport);
    this.random = o.random ?? Math.random;
    this.now = o.now ?? Date.now;
    this.current = { phase: "waiting", since: this.now(), behind: false, tries: 0 };
  }

  get state(): SocketState {
    return this.current;
  }

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.open();
  }

  stop(): void {
    this.wanted = false;
    clearTimeout(this.timer);
    const t = this.transport;
    this.drop();
    t?.close(1000);
    this.to({ phase: "waiting" });
  }

  // retry comes back now instead of later: the network is there again, or
  // somebody pressed the button.
  retry = (): void => {
    if (!this.wanted || this.transport !== null || this.current.phase === "ended") return;
    clearTimeout(this.timer);
    this.open();
  };

  // cut gives up a connection that has gone quiet; it is dialled again at once.
  cut(): void {
    if (this.transport === null) return;
    const t = this.transport;
    this.drop();
    t.close();
    this.to({ phase: "waiting" });
    if (this.wanted) this.open();
  }

  // send says whether the message could be handed to the network.
  send(m: ToServer): boolean {
    if (this.current.phase !== "open" || this.transport === null) return false;
    this.transport.send(JSON.stringify(m));
    return true;
  }

  private open(): void {
    let t: Transport;
    try {
      t = this.dial(this.url);
    } catch {
      this.later();
      return;
    }
    this.transport = t;
    t.binaryType = "arraybuffer";
    let opened = false;
    t.onopen = () => {
      opened = true;
      t.send(JSON.stringify(this.ear.hello()));
    };
    t.onmessage = ({ data }) => {
      if (t === this.transport) this.hear(data);
    };
    t.onclose = ({ code }) => {
      if (t !== this.transport) return;
      this.drop();
      if (!opened) this.ear.refused();
      this.closed(code);
    };
  }

  private hear(data: unknown): void {
    try {
      if (data instanceof ArrayBuffer && isCensus(data)) {
        this.ear.counts(readCensus(data));
        return;
      }
      if (data instanceof ArrayBuffer) {
        const { positions, ms } = readFrame(data);
        this.ear.positions(positions, ms);
        return;
      }
      const m = JSON.parse(String(data)) as FromServer;
      if (m.type === "welcome") {
        this.welcomed = this.now();
        this.to({ phase: "open", tries: 0, behind: false });
      }
      this.ear.message(m);
    } catch (e) {
      // One message that can't be read is no reason to go blind; but what we
      // hold may be wrong from here on, so we begin anew.
      this.cutLater();
      throw e;
    }
  }

  private cutLater(): void {
    const t = this.transport;
    this.drop();
    t?.close();
    this.later();
  }

  private closed(code: number): void {
    if (code === closeCodes.revoked) this.to({ phase: "ended" });
    else if (code === closeCodes.protocol) this.to({ phase: "broken" });
    // Rights that change all the time must not make us dial all the time.
    else if (code === closeCodes.rights && this.now() - this.welcomed > 2000) this.reopen();
    else this.later(code === closeCodes.slow);
  }

  private reopen(): void {
    this.to({ phase: "waiting" });
    if (this.wanted) this.open();
  }

  private later(behind = false): void {
    const { tries } = this.current;
    this.to({ phase: "waiting", tries: tries + 1, behind });
    if (!this.wanted) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), wait(tries, this.random()));
  }

  private drop(): void {
    if (this.transport !== null) this.transport.onopen = this.transport.onmessage = this.transport.onclose = null;
    this.transport = null;
  }

  private to(next: Partial<SocketState>): void {
    const phase = next.phase ?? this.current.phase;
    const since = phase === this.current.phase ? this.current.since : this.now();
    this.current = { ...this.current, ...next, phase, since };
    this.ear.state(this.current);
  }
}
