import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { openBrowser, User } from "./user";

const program = inject("program");
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

interface Detail {
  draft: { id: number; version: number; state: string; undo: number; parts: number };
  parts: { id: number; minutes: number; units: number }[];
}

interface Plan {
  plan?: { id: number; version: number };
  features: unknown[];
}

it("a planner cuts the city along its streets, paints a border, and another person brings it to the live map", async () => {
  const planner = await User.as(browser, program, "planner");
  const { page } = planner;
  const before = (await planner.asks("get", "/api/plan")) as Plan;
  await planner.opens("/studio");
  await planner.clicks("Cut along streets");
  await page.getByLabel("Name", { exact: true }).fill("Spring");
  await page.getByText("100,000 m²").click();
  await planner.clicks("Make the draft");
  await page.waitForURL(/\/studio\/\d+$/);
  const id = page.url().split("/").at(-1) ?? "";
  await planner.seesMap();
  expect(await page.locator("[data-part]").count()).toBe(12);
  const read = async () => (await planner.asks("get", `/api/drafts/${id}`)) as Detail;

  // The brush goes over the border of the first grid, by keyboard and by hand.
  const first = await read();
  await page.locator("[data-part]").first().click();
  await planner.presses("b");
  const { x, y, width, height } = await boxOf(planner);
  const middle = [x + width / 2, y + height / 2] as const;
  await page.mouse.move(...middle);
  await page.mouse.down();
  await page.mouse.move(middle[0] + 300, middle[1] - 40, { steps: 4 });
  await page.mouse.up();
  await planner.reads("Saved");
  const soon = { timeout: 20_000, interval: 100 };
  await expect.poll(async () => (await read()).draft.undo, soon).toBe(first.draft.undo + 1);
  const painted = await read();
  expect(painted.parts[0]?.units).toBeGreaterThan(first.parts[0]?.units ?? 0);
  await planner.presses("Control+z");
  await expect.poll(async () => (await read()).parts[0]?.units, soon).toBe(first.parts[0]?.units);
  await planner.presses("Control+Shift+z");
  await expect.poll(async () => (await read()).parts[0]?.units, soon).toBe(painted.parts[0]?.units);

  // What moves for whom, then to the other person.
  await planner.presses("Escape", "c");
  await page.getByRole("heading", { name: "Against the plan that holds now" }).waitFor();
  await planner.reads(/\d+ moves?, /);
  await planner.canUse();
  await planner.clicks("Submit");
  await planner.clicks("Submit for approval");
  await planner.reads("You submitted it, so another person approves it.");

  const other = await User.as(browser, program, "planner", { another: true });
  await other.opens(`/studio/${id}`);
  await other.clicks("Review");
  await other.clicks("Approve");
  await other.clicks("Publish");
  await other.reads("This draft is the plan. To change it, make a copy.");
  await other.leaves();

  await planner.opensDesk();
  const after = (await planner.asks("get", "/api/plan")) as Plan;
  expect(after.features).toHaveLength(12);
  expect(after.plan).not.toEqual(before.plan);

  // The other tests know the city as it was.
  const { plan, ...city } = before;
  expect(plan).toBeDefined();
  await planner.asks("put", "/api/plan", city, { "If-Match": '"0"' });
  await planner.leaves();
}, 240_000);

async function boxOf(user: User): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await user.page.getByTestId("studio-map").boundingBox();
  if (box === null) throw new Error("no map");
  return box;
}
