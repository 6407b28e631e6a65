import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
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

// A street of 222 m with a side street, as an extract.
const town = `<?xml version="1.0"?><osm version="0.6">
<node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="0.001"/><node id="3" lat="0" lon="0.002"/><node id="4" lat="0.001" lon="0.001"/>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="name" v="Main Street"/></way>
<way id="11"><nd ref="2"/><nd ref="4"/><tag k="highway" v="residential"/></way>
</osm>`;

it("the admin uploads another map: it shows its progress, can be stopped, and is served when it is ready", async () => {
  const user = await User.arrives(browser, program);
  await user.opens("/login");
  await user.signsIn("admin", "copper kettle nine");
  await user.seesMap();
  await user.opens("/admin/map");
  const chooses = (name: string, text: string) =>
    user.page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });
  const bar = user.page.getByRole("progressbar", { name: "Uploading" });
  const sent = async () => Number(await bar.getAttribute("aria-valuenow"));

  await chooses("big.osm", town + " ".repeat(8_000_000));
  await user.sendsSlowly(500);
  await user.clicks("Upload and import");
  await expect.poll(sent, { timeout: 20_000 }).toBeGreaterThan(3);
  const before = await sent();
  await expect.poll(sent, { timeout: 20_000 }).toBeGreaterThan(before);
  await user.photographs("map-upload");
  await user.canUse();
  await user.clicks("Stop");
  await bar.waitFor({ state: "detached" });
  await user.reads("The import was stopped. Nothing has changed.");
  await user.page.getByRole("heading", { name: "Wilmington" }).waitFor();

  await user.sendsSlowly(0);
  await chooses("nothing.osm", "no map at all");
  await user.clicks("Upload and import");
  await user.reads("this is not OpenStreetMap data");

  await chooses("town.osm", town);
  await user.clicks("Upload and import");
  await user.page.getByRole("heading", { name: "town", exact: true }).waitFor();
  await user.clicks("切换到中文");
  await user.page.getByText("导入报告").first().waitFor();
  await user.page.getByText("道路名称").first().waitFor();
  await user.photographs("map-report-zh");
  await user.canUse();
  await user.leaves();
});
