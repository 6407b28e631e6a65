import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { start, type Running } from "../program";
import { openBrowser, User } from "../user";

let browser: Browser;
let running: Running;

beforeAll(async () => {
  running = await start("demo", "--no-simulate");
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await running.stop();
});

// The map is what takes long here; the other views are in plans.e2e.ts.
it("a walk on the patrol map has its order and direction, and says what is not yet seen", async () => {
  const user = await User.as(browser, running.program, "dispatcher");
  const { page } = user;
  const walks = async () => ((await user.asks("get", "/api/walks")) as { walks: { planned: boolean }[] }).walks.filter((w) => w.planned).length;
  await expect.poll(walks, { timeout: 90_000, interval: 2000 }).toBeGreaterThan(3);
  await user.opens("/plans/patrol");
  await page.getByTestId("patrol-map").waitFor();
  await page.getByRole("button", { name: /Whose walk/ }).click();
  const walker = page.getByRole("option").nth(1);
  await walker.click();
  const left = page.getByRole("heading", { name: /\d+ streets not yet seen today/ });
  await expect.poll(async () => Number.parseInt((await left.textContent()) ?? "0"), { timeout: 30_000 }).toBeGreaterThan(5);
  expect(await page.getByRole("meter", { name: "Streets seen today" }).getAttribute("aria-valuenow")).toBe("0");
  const canvas = page.getByTestId("patrol-map");
  await page.waitForTimeout(5000); // until arrows and numbers are drawn
  await user.photographs("plans-patrol");
  expect((await canvas.screenshot()).length).toBeGreaterThan(50_000);
  await user.leaves();
});
