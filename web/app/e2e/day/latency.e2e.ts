// How long a fix takes to the screen: from before a device sends it until the
// frame that shows it has been drawn, in the demo at 60 times the speed. It
// prints figures and asks of them only that every fix came through.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readPositions } from "../../src/live/positions";
import { deepest, Login, Tag, type LngLat, type Zones } from "../device";
import { start, type Running } from "../program";
import { openBrowser, User } from "../user";

interface Seen {
  heard: number; // ms since 1970
  drawn: number;
  data: string; // JSON, or base64 of a frame of positions
}

let running: Running;
let browser: Browser;

beforeAll(async () => {
  running = await start("demo", "--speed", "60");
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await running.stop();
});

const fixes = 120;
const dogs = 6; // more within ten minutes are a flood, in which the queue folds its rows
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

it("tells how long a fix takes to the screen", { timeout: 600_000 }, async () => {
  const admin = await Login.of(running.program, "admin");
  const desk = await Login.of(running.program, "dispatcher");
  const now = async () => Date.parse((await desk.get<{ clock: { now: string } }>("/api/session")).clock.now);
  await expect.poll(async () => (await desk.get<{ walks: { planned: boolean }[] }>("/api/walks")).walks.filter((w) => w.planned).length, { timeout: 240_000, interval: 1000 }).toBeGreaterThan(20);
  const park = deepest(await desk.get<Zones>("/api/zones"));

  const dispatcher = await User.as(browser, running.program, "dispatcher");
  await dispatcher.page.addInitScript(watch);
  await dispatcher.opensMap(`/map#15/${String(park[1])}/${String(park[0])}`);
  await pause(5000);

  // an officer's phone
  const phone = await Tag.phoneOf(admin, dispatcher.account("officer").name);
  const sent = new Map<number, number>(); // by the place's number
  const at = (i: number): LngLat => [park[0] + 0.003, park[1] - 0.002 + i * 0.00003]; // 3 m apart: a step of a frame is 0.15 m
  const cost: number[] = [];
  for (let i = 0; i < fixes; i++) {
    const t = new Date(await now()).toISOString();
    const began = Date.now();
    const [verdict] = await phone.reports({ t, at: at(i) });
    expect(verdict).toMatchObject({ stored: true });
    sent.set(i, began);
    cost.push(Date.now() - began);
    await pause(400 + Math.random() * 1000); // not in step with the tick
  }

  // dogs that are in the park: from the fix that makes it likely to the row of the queue
  const rows: number[] = [];
  for (let d = 0; d < dogs; d++) {
    const tag = await Tag.registered(admin, `Quick-${String(d)}`);
    const t = await now();
    const began = Date.now();
    await tag.reports(...[40, 20, 0].map((ago) => ({ t: new Date(t - ago * 1000).toISOString(), at: park })));
    await dispatcher.page.locator("[data-alert]", { hasText: `Quick-${String(d)}` }).first().waitFor({ state: "attached" });
    rows.push(Date.now() - began);
  }

  const frames = await dispatcher.page.evaluate(() => (window as unknown as { seen: Seen[] }).seen);
  const heard: number[] = [];
  const drawn: number[] = [];
  for (const [i, began] of sent) {
    const first = frames.find((f) => f.heard >= began && places(f.data).some((p) => Math.hypot((p[0] - at(i)[0]) * 0.77, p[1] - at(i)[1]) < 0.000012));
    if (first === undefined) continue; // of several in a tick only the last is told
    heard.push(first.heard - began);
    drawn.push(first.drawn - began);
  }
  const memory = /^process_resident_memory_bytes (\S+)/m.exec(await (await fetch(`${running.program.url}/metrics`)).text())?.[1];
  console.log(
    [
      "| demo at 60x | p50 | p90 | p99 | n |",
      "|---|---|---|---|---|",
      row("fix -> on disk and acknowledged", cost),
      row("fix -> heard by the page", heard),
      row("fix -> drawn on the screen", drawn),
      row("breach -> row of the queue", rows),
      `server's resident memory: ${(Number(memory) / 2 ** 20).toFixed(0)} MiB`,
    ].join("\n"),
  );
  expect(heard.length, "fixes that came through").toBeGreaterThan(fixes * 0.9);
  await dispatcher.leaves();
});

function row(name: string, ms: number[]): string {
  const sorted = [...ms].sort((a, b) => a - b);
  const q = (share: number) => `${String(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? "-")} ms`;
  return `| ${name} | ${q(0.5)} | ${q(0.9)} | ${q(0.99)} | ${String(ms.length)} |`;
}

function places(data: string): LngLat[] {
  if (!data.startsWith("{")) return readPositions(new Uint8Array(Buffer.from(data, "base64")).buffer).map((p) => p.at);
  const m = JSON.parse(data) as { units?: { at: LngLat }[] };
  return (m.units ?? []).map((u) => u.at);
}

// watch runs in the page, before anything of ours: it notes what the socket says,
// and when the frame after it was through.
function watch(): void {
  const seen: Seen[] = [];
  (window as unknown as { seen: Seen[] }).seen = seen;
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) => {
        const text = typeof data === "string" ? data : btoa(String.fromCharCode(...new Uint8Array(data)));
        const one = { heard: Date.now(), drawn: 0, data: text };
        seen.push(one);
        requestAnimationFrame(() => requestAnimationFrame(() => (one.drawn = Date.now())));
      });
    }
  };
}
