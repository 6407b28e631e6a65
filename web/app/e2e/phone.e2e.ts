import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { openBrowser, User } from "./user";

const program = inject("program");
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

// smallTargets lists what a gloved thumb would miss.
async function smallTargets(user: User): Promise<string[]> {
  return user.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, a[href], input, [role=option], [role=menuitem], label:has(input)")]
      .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest(".hidden-text, [class*=skip], [class*=foot]"))
      // what lies in a bigger target is as big as that
      .filter((e) => e.parentElement?.closest("label, [class*=box]") === null || e.parentElement === null)
      .map((e) => ({ box: e.getBoundingClientRect(), name: e.getAttribute("aria-label") ?? e.textContent }))
      .filter(({ box }) => box.width > 2 && box.bottom > 0 && box.top < innerHeight && (box.height < 47.5 || box.width < 44))
      .map(({ box, name }) => `${name.trim()} ${Math.round(box.width)}x${Math.round(box.height)}`),
  );
}

it("on a phone one signs in, searches and routes with one thumb", async () => {
  const user = await User.as(browser, program, "dispatcher", { phone: true, language: "zh-CN" });
  await user.opensMap("/map#15/39.7459/-75.5466");
  expect(await smallTargets(user)).toEqual([]);
  await user.page.getByRole("button", { name: "搜索", exact: true }).tap();
  await user.page.getByRole("combobox").fill("north market");
  await user.page.getByRole("option").first().waitFor();
  expect(await smallTargets(user)).toEqual([]);
  await user.photographs("phone-search");
  await user.page.getByRole("option").first().tap();
  await user.page.getByRole("heading", { name: "North Market Street" }).waitFor();
  await user.page.getByRole("button", { name: "到这里去" }).tap();
  await user.page.waitForURL(/to=/);
  await user.page.touchscreen.tap(120, 180);
  await user.page.locator("[role=status] b").waitFor();
  expect(await smallTargets(user)).toEqual([]);
  const sheet = await user.page.getByRole("region", { name: "路线" }).boundingBox();
  expect(sheet?.y, "the map keeps the upper half").toBeGreaterThan(844 * 0.38);
  await user.photographs("phone-route");
  await user.canUse();
  await user.page.getByRole("button", { name: "图层", exact: true }).tap();
  await user.page.getByRole("switch", { name: "建筑" }).waitFor();
  expect(await user.page.getByRole("img", { name: "终点" }).count(), "the route stays on the map").toBe(1);
  expect(await user.page.locator("[role=status] b").count(), "its panel is kept, hidden").toBe(1);
  await user.photographs("phone-layers");
  expect(await user.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await user.leaves();
});

it("on a phone the account and the login fit", async () => {
  const user = await User.as(browser, program, "dispatcher", { phone: true, theme: "dark" });
  await user.opens("/account");
  await user.reads("My account");
  expect(await user.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await user.photographs("phone-account-dark");
  await user.canUse();
  await user.leaves();
});
