import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Live, stale } from "./live";
import { wait, type Transport } from "./socket";
import type { Alert, FromServer, Task, ToServer } from "./wire";

// A Line is the server's end of a connection, played by the test.
class Line implements Transport {
  binaryType = "";
  readyState = 0;
  sent: ToServer[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((e: { data: unknown }) => void) | null = null;
  onclose: ((e: { code: number }) => void) | null = null;
  send = (text: string) => void this.sent.push(JSON.parse(text) as ToServer);
  close = () => undefined;
  open = () => this.onopen?.();
  say = (m: FromServer) => this.onmessage?.({ data: JSON.stringify(m) });
  end = (code: number) => this.onclose?.({ code });
  hello = () => this.sent[0];
}

const alert = (id: number, seq: number, more: Partial<Alert> = {}): Alert => ({
  id, seq, subject: { class: "dog", id: 1, name: "Bella" }, zone: { id: 1, name: {}, kind: "no-dog" }, rule: "", grade: "possible", state: "open",
  began: "2026-03-01T08:00:00Z", ended: null, withdrawn: false, at: [0, 0], seen: "2026-03-01T08:00:00Z", grid: null, team: null, sent: null, arrived: null, outcome: "", history: [], ...more,
});
const task = { id: 5, seq: 7 } as Task;
const welcome = (seq: number, scope = "s"): FromServer => ({ type: "welcome", now: "2026-03-01T08:00:00Z", speed: 10, seq, scope, tick_ms: 1000 });
const snapshot = (alerts?: Alert[], tasks?: Task[]): FromServer => ({ type: "snapshot", t: "2026-03-01T08:00:00Z", units: [], alerts, tasks });

it("says that another plan holds, and after a break that one may", () => {
  const { live, line } = started();
  let told = 0;
  live.onPlan = () => told++;
  line().open();
  line().say(welcome(1));
  expect(told).toBe(0);
  line().say({ type: "plan", version: 1 });
  expect(told).toBe(1);
  line().end(1006);
  vi.advanceTimersByTime(3000);
  line().open();
  line().say(welcome(2));
  expect(told).toBe(2);
});

function started() {
  const lines: Line[] = [];
  const live = new Live({
    url: "ws://x", random: () => 0.5, ticks: () => Date.now(), binary: true,
    dial: () => {
      const l = new Line();
      lines.push(l);
      return l;
    },
  });
  live.start();
  const line = () => {
    const l = lines.at(-1);
    if (l === undefined) throw new Error("nobody dialled");
    return l;
  };
  return { live, lines, line };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("where we are in the order of changes", () => {
  it("a new viewer has the lists as of the welcome before them", () => {
    const { live, line } = started();
    line().open();
    expect(line().hello()).toEqual({ type: "hello", binary: true, counts: true });
    line().say(welcome(40));
    line().say(snapshot([alert(1, 39)], [task]));
    line().end(1006);
    vi.advanceTimersByTime(3000);
    line().open();
    expect(line().hello()).toMatchObject({ since: 40, scope: "s" });
    expect(live.alerts.list()).toHaveLength(1);
  });
  it("the welcome of who comes back is not taken for dealt with", () => {
    const { live, line } = started();
    line().open();
    line().say(welcome(40));
    line().say(snapshot([], []));
    line().say({ type: "alert", seq: 41, alert: alert(2, 41) });
    line().end(1012);
    vi.advanceTimersByTime(3000);
    line().open();
    line().say(welcome(50));
    line().say(snapshot());
    line().end(1006); // before 42 to 50 came
    vi.advanceTimersByTime(3000);
    line().open();
    expect(line().hello()).toMatchObject({ since: 41 });
    expect(live.alerts.get(2)?.seq).toBe(41);
  });
  it("other rights bring new lists, which replace the old", () => {
    const { live, line } = started();
    line().open();
    line().say(welcome(40));
    line().say(snapshot([alert(1, 39), alert(2, 40)], []));
    vi.advanceTimersByTime(5000);
    line().end(4002);
    line().open(); // at once
    line().say(welcome(44, "other"));
    line().say(snapshot([alert(2, 43)], []));
    expect(live.alerts.list().map((a) => [a.id, a.seq])).toEqual([[2, 43]]);
  });
  it("the later state wins, whichever way it came", () => {
    const { live, line } = started();
    line().open();
    line().say(welcome(40));
    line().say(snapshot([], []));
    live.alerts.put(alert(1, 42, { state: "acknowledged" })); // the answer to our own request
    line().say({ type: "alert", seq: 41, alert: alert(1, 41) });
    expect(live.alerts.get(1)?.state).toBe("acknowledged");
  });
  it("a guess is taken back, but not over what the server said since", () => {
    const { live } = started();
    live.alerts.put(alert(1, 1));
    const undo = live.alerts.guess(alert(1, 1, { state: "acknowledged" }));
    expect(live.alerts.get(1)?.state).toBe("acknowledged");
    undo();
    expect(live.alerts.get(1)?.state).toBe("open");
    const late = live.alerts.guess(alert(1, 1, { state: "acknowledged" }));
    live.alerts.put(alert(1, 2, { state: "closed" }));
    late();
    expect(live.alerts.get(1)?.state).toBe("closed");
  });
});

describe("coming back", () => {
  it("waits 1 to 5 s, doubling to 30 s", () => {
    expect([wait(0, 0), wait(0, 1), wait(1, 0.5), wait(3, 0), wait(9, 1)]).toEqual([1000, 5000, 6000, 8000, 30_000]);
  });
  it("a welcome ends the doubling, an open connection alone does not", () => {
    const { lines, line } = started();
    for (const [ms, n] of [[3000, 2], [6000, 3], [12_000, 4]] as const) {
      line().open();
      line().end(1006);
      vi.advanceTimersByTime(ms - 1);
      expect(lines).toHaveLength(n - 1);
      vi.advanceTimersByTime(1);
      expect(lines).toHaveLength(n);
    }
    line().open();
    line().say(welcome(1));
    line().end(1006);
    vi.advanceTimersByTime(3000);
    expect(lines).toHaveLength(5);
  });
  it("goes to the login page when the session ended, and stays away", () => {
    const { live, lines, line } = started();
    const ended = vi.fn();
    live.onEnded = ended;
    line().open();
    line().end(4001);
    vi.advanceTimersByTime(100_000);
    expect(ended).toHaveBeenCalledOnce();
    expect(lines).toHaveLength(1);
  });
  it("asks about the session when a try is refused before it opens", () => {
    const { live, line } = started();
    const refused = vi.fn();
    live.onRefused = refused;
    line().end(1006);
    expect(refused).toHaveBeenCalledOnce();
  });
  it("says that it was behind after it was cut as slow", () => {
    const { live, line } = started();
    line().open();
    line().say(welcome(1));
    line().end(4003);
    expect(live.pulse()).toMatchObject({ phase: "waiting", behind: true });
  });
  it("rights that change at every welcome do not make it dial without a pause", () => {
    const { lines, line } = started();
    line().open();
    line().say(welcome(1));
    line().end(4002);
    expect(lines).toHaveLength(1);
  });
});

describe("the pulse", () => {
  it("tells how long a word takes, and goes quiet when none comes", () => {
    const { live, line } = started();
    expect(stale(live.pulse())).toBe(true);
    line().open();
    line().say(welcome(1));
    line().say(snapshot([], []));
    expect(stale(live.pulse())).toBe(false);
    const ping = line().sent.at(-1);
    vi.advanceTimersByTime(300);
    line().say({ type: "pong", n: ping?.type === "ping" ? ping.n : 0, now: "2026-03-01T08:00:10Z" });
    expect(live.pulse().lagMs).toBe(300);
    // half of 0.3 s at ten times the speed later than it was said
    expect(live.clock.now()).toBe(Date.parse("2026-03-01T08:00:10Z") + 1500);
    vi.advanceTimersByTime(1000);
    expect(live.clock.now()).toBe(Date.parse("2026-03-01T08:00:10Z") + 11_500);
    vi.advanceTimersByTime(16_000);
    expect(live.pulse()).toMatchObject({ phase: "open", quiet: true });
    line().say({ type: "units", t: "2026-03-01T08:00:00Z", units: [] });
    expect(stale(live.pulse())).toBe(false);
  });
  it("dials anew when the line stays quiet", () => {
    const { lines, line } = started();
    line().open();
    line().say(welcome(1));
    vi.advanceTimersByTime(40_000);
    expect(lines.length).toBeGreaterThan(1);
  });
});

describe("a phone's fixes", () => {
  const fix = { t: "2026-03-01T08:00:00Z", at: [0, 0] as [number, number] };
  it("are answered by number", async () => {
    const { live, line } = started();
    line().open();
    line().say(welcome(1));
    const stored = live.fix([fix]);
    line().say({ type: "stored", n: 1, verdicts: [{ stored: true }] });
    await expect(stored).resolves.toEqual([{ stored: true }]);
  });
  it("are given back when there is no connection or it breaks", async () => {
    const { live, line } = started();
    await expect(live.fix([fix])).rejects.toThrow("not connected");
    line().open();
    line().say(welcome(1));
    const lost = live.fix([fix]);
    line().end(1006);
    await expect(lost).rejects.toThrow("broke");
  });
});
