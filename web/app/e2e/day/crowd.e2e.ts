// A map of thousands from far out and close by, and one whose units can't be drawn: to be
// looked at (e2e/out) after a change of how many are shown.
//   npx vitest run --config vitest.day.config.ts e2e/day/crowd.e2e.ts
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
const spread: [number, number] = [0.036, 0.016];

it("counts thousands far out", { timeout: 240_000 }, async () => {
  const user = await User.as(browser, program, "dispatcher");
  await feed(user.page, { units: 10_000, middle, spread });
  for (const zoom of [10.5, 12, 13.4]) {
    await user.page.goto("about:blank"); // another place is a new page
    await user.opensMap(`/map#${String(zoom)}/${String(middle[1])}/${String(middle[0])}`);
    await user.page.waitForTimeout(4000);
    await user.photographs(`crowd-${String(zoom)}`);
  }
  await user.leaves();
});

it("says that units can't be drawn", { timeout: 120_000 }, async () => {
  const user = await User.as(browser, program, "dispatcher");
  await user.page.addInitScript(() => {
    const proto = HTMLCanvasElement.prototype as unknown as { getContext: (...args: unknown[]) => unknown };
    proto.getContext = new Proxy(proto.getContext, {
      apply: (real, canvas: HTMLCanvasElement, args) => (canvas.dataset.pane === "units" ? null : Reflect.apply(real, canvas, args)),
    });
  });
  await feed(user.page, { units: 100, middle, spread });
  await user.opensMap(`/map#14/${String(middle[1])}/${String(middle[0])}`);
  await user.page.getByText(/graphics context|图形上下文/).waitFor();
  expect(await user.page.getByRole("alert").count()).toBeGreaterThan(0);
  await user.photographs("crowd-blind");
  await user.leaves();
});
