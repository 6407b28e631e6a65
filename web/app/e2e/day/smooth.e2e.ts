// How smooth the desk stays with thousands of units that all move: the times between
// frames while the map is dragged about, as a ratio to the same drag of a map without
// units, in the same browser. In software, as here, the times themselves say little.
//   npx vitest run --config vitest.day.config.ts e2e/day/smooth.e2e.ts
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { openBrowser, User } from "../user";
import { feed } from "./feed";

const program = inject("program");
let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const middle: [number, number] = [-75.5466, 39.7459];
const frames = Number(process.env.FRAMES ?? 200);
const patienceMs = 60_000;

interface Times {
  p50: number;
  p95: number;
  n: number;
  sent: number;
}

async function drags(units: number, zoom: number): Promise<Times> {
  const user = await User.as(browser, program, "dispatcher");
  const { page } = user;
  const sent = await feed(page, { units, middle, spread: [0.036, 0.016] });
  await user.opensMap(`/map#${String(zoom)}/${String(middle[1])}/${String(middle[0])}`);
  await page.waitForTimeout(5000); // tiles are there, and are drawn
  const before = sent();
  await page.evaluate(() => {
    const w = window as unknown as { times: number[] };
    w.times = [];
    let last = performance.now();
    const frame = (now: number) => {
      w.times.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const end = Date.now() + patienceMs;
  const drawn = () => page.evaluate(() => (window as unknown as { times: number[] }).times.length);
  await page.mouse.move(700, 400);
  await page.mouse.down();
  for (let i = 0; Date.now() < end; i++) {
    if (i % 20 === 19 && (await drawn()) > frames) break;
    await page.mouse.move(700 + 120 * Math.sin(i / 9), 400 + 60 * Math.sin(i / 5));
    await page.waitForTimeout(12);
  }
  await page.mouse.up();
  const times = (await page.evaluate(() => (window as unknown as { times: number[] }).times)).slice(2).sort((a, b) => a - b);
  if (process.env.SHOT !== undefined) await user.photographs(`smooth-${String(units)}-${String(zoom)}`);
  await user.leaves();
  const q = (share: number) => times[Math.floor(times.length * share)] ?? NaN;
  return { p50: q(0.5), p95: q(0.95), n: times.length, sent: sent() - before };
}

it("tells how smooth thousands of units are", { timeout: 600_000 }, async () => {
  // SHORT=1 leaves out all but the first comparison.
  const all: [string, number, number][] = [["no units", 0, 13.3], ["1,000 units", 1000, 13.3], ["10,000 units", 10_000, 13.3], ["no units, far out", 0, 12], ["10,000 units, counted by cell", 10_000, 12]];
  const cases = process.env.SHORT === undefined ? all : all.filter(([, units, zoom]) => zoom > 13 && units !== 1000);
  const rows: string[] = [];
  let bare: Times | undefined;
  for (const [name, units, zoom] of cases) {
    const t = await drags(units, zoom);
    if (units === 0) bare = t;
    if (bare === undefined) continue;
    expect(t.n, name).toBeGreaterThan(20);
    if (units > 0) expect(t.sent, name).toBeGreaterThan(units);
    rows.push(`| ${name} | ${t.p50.toFixed(0)} | ${t.p95.toFixed(0)} | ${(t.p50 / bare.p50).toFixed(2)} | ${(t.p95 / bare.p95).toFixed(2)} | ${String(t.n)} |`);
  }
  console.log(["| while dragged | p50 ms | p95 ms | p50 to bare | p95 to bare | frames |", "|---|---|---|---|---|---|", ...rows].join("\n"));
});
