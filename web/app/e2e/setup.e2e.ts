import type { Browser } from "playwright-core";
import { afterAll, beforeAll, it } from "vitest";
import { start, type Program } from "./program";
import { openBrowser, User } from "./user";

let browser: Browser;
let program: Program;
let stop: () => Promise<void>;

beforeAll(async () => {
  browser = await openBrowser();
  ({ program, stop } = await start("serve"));
});
afterAll(async () => {
  await browser.close();
  await stop();
});

it("a new bureau is set up in the browser, with its map, and its admin is signed in", async () => {
  const user = await User.arrives(browser, program);
  await user.opens("/");
  await user.reads("Welcome to citygrid");
  await user.photographs("setup-code");
  await user.canUse();
  await user.page.getByLabel("Setup code", { exact: true }).fill(program.setup_code ?? "");
  await user.clicks("Next");
  await user.page.getByLabel("Name in English", { exact: true }).fill("Test City Management");
  await user.photographs("setup-bureau");
  await user.canUse();
  await user.clicks("Next");
  await user.clicks("Use it");
  await user.reads("The map is ready.");
  await user.photographs("setup-map");
  await user.clicks("Next");
  await user.page.getByLabel("Name", { exact: true }).fill("Fay First");
  for (const label of ["New password", "Repeat the new password"]) await user.page.getByLabel(label, { exact: true }).fill("copper kettle nine");
  await user.canUse();
  await user.clicks("Set up citygrid");
  await user.seesMap();
  await user.reads("Test City Management");
  await user.leaves();
});
