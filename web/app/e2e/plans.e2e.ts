import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { openBrowser, User } from "./user";

const program = inject("program");
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

interface Run {
  vehicle: { plate: string };
  stops: { name: string }[];
}

// One page serves all of it: its views are changed without loading it again.
it("a dispatcher drags a job to another truck, sends it, and has shorter runs looked for", async () => {
  const user = await User.as(browser, program, "dispatcher");
  const { page } = user;
  await user.asks("post", "/api/tows", { at: [-75.5505, 39.743], note: "Van without plates" });
  const truckOf = async () => ((await user.asks("get", "/api/runs")) as { runs: Run[] }).runs.find((r) => r.stops.some((s) => s.name === "Van without plates"))?.vehicle.plate;
  const from = await truckOf();
  const to = from === "TOW-TS" ? "TOW-RF" : "TOW-TS";

  await user.opens("/plans/gantt");
  const bar = page.getByRole("group", { name: from ?? "", exact: true }).getByRole("button", { name: /Van without plates/ });
  const row = page.getByRole("group", { name: to, exact: true });
  await bar.waitFor();
  const [grip, goal] = [await bar.boundingBox(), await row.boundingBox()];
  if (grip === null || goal === null) throw new Error("the rows are not to be seen");
  await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
  await page.mouse.down();
  await page.mouse.move(goal.x + 600, goal.y + 10);
  await page.mouse.move(goal.x + 700, goal.y + goal.height / 2);
  await user.reads(`Van without plates: to ${to}, at the end`);
  await page.mouse.up();

  // What becomes of it is shown, and nothing is changed before it is sent.
  await page.getByRole("heading", { name: "What would change" }).waitFor();
  expect(await truckOf()).toBe(from);
  await user.photographs("plans-diff");
  await user.canUse();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await user.reads("Sent. Everybody concerned has been told.");
  expect(await truckOf()).toBe(to);
  await row.getByRole("button", { name: /Van without plates/ }).waitFor();

  await page.getByRole("link", { name: "Tow board" }).click();
  await page.getByRole("region", { name: "Garasches Lane pound" }).getByRole("img", { name: /0 brought, \d on the way, of 40 a day/ }).waitFor();
  await page.getByRole("region", { name: to }).getByRole("img", { name: /0 of \d places taken/ }).waitFor();
  await user.clicks("Search");
  await page.getByRole("img", { name: /Best plan .+ of work, \d+\s?% above the bound/ }).waitFor();
  await user.clicks("Stop");
  await user.reads("stopped");
  await user.photographs("plans-tows");
  await user.canUse();
  await user.leaves();
});
