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

interface Dates {
  dates: { begin: string; day: number | null; sheets: number; total: { found: number } }[];
}

// A planner makes an enforcement day from nothing, officers hand in what they found.
it("an enforcement day: roads from the map, pairs on it, results from desk and phone", async () => {
  const user = await User.as(browser, running.program, "planner");
  const { page } = user;
  page.setDefaultTimeout(15_000);
  const session = (await user.asks("get", "/api/session")) as { clock: { now: string }; time_zone: string };
  const clock = (minutes: number) => new Date(Date.parse(session.clock.now) + minutes * 60_000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: session.time_zone });
  await user.opens("/plans/campaigns");
  await user.clicks("Add a campaign");
  await page.getByLabel("Name in Chinese").fill("周三执法日");
  await page.getByLabel("Name in English").fill("Wednesday enforcement day");
  await page.getByLabel("From and to").fill(`${clock(-10)}-${clock(150)}`);
  await page.getByRole("button", { name: "We", exact: true }).click(); // every day
  await page.getByLabel("Or by name, in what the map shows").fill("Market Street");
  await page.waitForFunction(() => document.querySelector("[data-testid=campaigns-map]")?.getAttribute("data-ready") === "true");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByRole("button", { name: /^Add North Market Street/ }).first().click();
  await page.getByRole("button", { name: "Set the meeting point" }).click();
  const box = await page.locator("[data-testid=campaigns-map] canvas").boundingBox();
  if (box === null) throw new Error("no map");
  await page.waitForTimeout(2000);

  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);

  await page.getByText(/Meeting point: /).waitFor();
  await page.waitForTimeout(1500);
  await page.mouse.click(box.x + box.width / 2 + 140, box.y + box.height / 2 - 100); // some street
  await page.waitForTimeout(2500);
  for (const team of await page.getByRole("group", { name: "Officers on patrol then for" }).getByRole("button").all()) await team.click();
  await page.locator("textarea").fill("A1 | 店外经营 | Goods outside\nA2 | 占道经营 | Trading on the pavement\nA3 | 乱停放 | Parked anywhere\nA4 | 门前不洁 | Dirty front\nB1 | 违规广告 | Signs without permission\nB2 | 乱堆放 | Things piled up\nB3 | 油烟 | Fumes\nB4 | 噪声 | Noise");
  await page.waitForTimeout(2000);
  await user.photographs("campaign-form");
  await user.canUse();
  await user.clicks("Save");
  await user.reads("Saved. Days that are planned stay as they are.");
  const id = ((await user.asks("get", "/api/campaigns")) as { campaigns: { id: number }[] }).campaigns[0]?.id ?? 0;
  const dates = async () => ((await user.asks("get", `/api/campaigns/${id}/days`)) as Dates).dates;
  await page.getByTestId("campaign-dates").getByRole("button").first().waitFor();
  await user.photographs("campaign-dates");
  const today = page.getByTestId("campaign-dates").getByRole("button").first();
  await today.click(); // plans it
  await page.getByTestId("campaign-pairs").getByRole("button").first().waitFor();
  await page.waitForTimeout(4000);
  await user.photographs("campaign-pairs");
  await user.canUse();
  await page.getByTestId("campaign-pairs").getByRole("button").nth(1).click();
  await page.waitForTimeout(2500);
  await user.photographs("campaign-pair");
  await page.getByText("Results", { exact: true }).click();
  const day = (await dates()).find((d) => d.day !== null)?.day ?? 0;
  await page.getByRole("group", { name: "Goods outside: Found" }).first().getByRole("button", { name: "One more" }).click();
  await page.getByRole("group", { name: "Goods outside: Fixed" }).first().getByRole("textbox").fill("3");
  await page.getByRole("button", { name: "Save", exact: true }).first().click();
  await user.reads("Result sheet saved.");
  await page.getByText(/3 found, 3 fixed on the spot, 0 notices/).first().waitFor();
  await page.waitForTimeout(500);
  await user.photographs("campaign-results");
  await user.canUse();
  await user.leaves();

  // The same in Chinese and dark, and on a telephone's width.
  for (const [name, who] of [["zh-dark", { language: "zh-CN", theme: "dark" }], ["phone", { phone: true }], ["phone-zh-dark", { phone: true, language: "zh-CN", theme: "dark" }]] as const) {
    const other = await User.as(browser, running.program, "planner", who);
    await other.opens("/plans/campaigns");
    await other.page.getByText(/Wednesday enforcement day|周三执法日/).first().click();
    await other.page.getByTestId("campaign-dates").getByRole("button").first().click();
    await other.page.getByRole("radio").first().waitFor();
    await other.page.waitForTimeout(4000);
    await other.photographs(`campaign-results-${name}`);
    await other.page.getByText(/^(Pairs|分组)$/).first().click();
    await other.page.waitForTimeout(1500);
    await other.photographs(`campaign-pairs-${name}`);
    await other.leaves();
  }

  // An officer of the day: the walk on the phone, and the sheet of the own pair.
  for (const [name, who] of [["en", {}], ["zh-dark", { language: "zh-CN", theme: "dark" }]] as const) {
    const officer = await User.as(browser, running.program, "officer", { phone: true, at: [-75.5498, 39.7434], ...who });
    const mine = ((await officer.asks("get", "/api/campaign-days/mine")) as { days: { day: number }[] }).days;
    expect(mine.map((d) => d.day)).toContain(day);
    await officer.opens("/phone");
    const banner = officer.page.getByRole("button", { name: /Wednesday enforcement day|周三执法日/ });
    await banner.waitFor();
    await officer.page.getByRole("button", { name: /Start shift|Start|开始/ }).last().click();
    await officer.page.waitForTimeout(4000);
    await officer.photographs(`campaign-phone-walk-${name}`);
    await banner.click();
    await officer.page.getByRole("dialog").waitFor();
    await officer.page.getByRole("button", { name: /One more|加一/ }).first().click();
    await officer.page.getByRole("button", { name: /Hand in|提交/ }).first().click();
    await officer.page.getByText(/^Handed in$|^已提交$/).waitFor();
    await officer.photographs(`campaign-phone-sheet-${name}`);
    await officer.leaves();
  }
  const last = await User.as(browser, running.program, "planner");
  const { dates: all } = (await last.asks("get", `/api/campaigns/${id}/days`)) as Dates;
  expect(all.find((d) => d.day === day)?.total.found).toBe(5);
  await last.leaves();
});
