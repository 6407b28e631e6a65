import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openBrowser, User } from "./user";

const program = inject("program");
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const downtown = "#15/39.7459/-75.5466";

describe("signing in", () => {
  it("says what is wrong, then opens the page one came for", async () => {
    const user = await User.arrives(browser, program);
    user.expects(/401/);
    await user.opens(`/map?profile=car${downtown}`);
    await user.signsIn("dispatch", "not the password");
    await user.reads("Login or password is wrong.");
    await user.canUse();
    const { login, password } = user.account("dispatcher");
    await user.signsIn(login, password);
    await user.page.getByTestId("map").waitFor();
    expect(user.page.url()).toContain(downtown);
    await user.leaves();
  });

  it("is asked for again when the session has ended, and leads back", async () => {
    const user = await User.as(browser, program, "dispatcher");
    user.expects(/401/);
    await user.opensDesk(`/map${downtown}`);
    await user.losesSession();
    await user.presses("/");
    await user.page.keyboard.type("market");
    await user.page.waitForURL(/\/login\?next=/);
    const { login, password } = user.account("dispatcher");
    await user.signsIn(login, password);
    await user.page.getByTestId("map").waitFor();
    expect(user.page.url()).toContain(downtown);
    await user.leaves();
  });
});

// One drawn map serves these: each leaves it as the next may find it.
describe("finding a place", () => {
  let user: User;
  beforeAll(async () => {
    user = await User.as(browser, program, "dispatcher");
    await user.opensMap(`/map${downtown}`);
  });
  afterAll(() => user.leaves());

  it("goes there on Enter only, and marks it", async () => {
    await user.searches("north market");
    await user.presses("ArrowDown", "ArrowUp");
    expect(user.page.url()).toContain(downtown);
    await user.presses("Enter");
    await user.page.getByRole("heading", { name: "North Market Street" }).waitFor();
    await user.page.waitForFunction((here) => location.hash !== here, downtown);
    await user.canUse();
    await user.photographs("desk-search");
    await user.page.getByRole("button", { name: "Clear the search" }).click();
    await user.presses("Escape", "Escape");
  });

  it("says so when there is no such place", async () => {
    await user.presses("/");
    await user.page.keyboard.type("qqqqxxxxzzzz");
    await user.reads(/Nothing is called/);
    await user.page.getByRole("button", { name: "Clear the search" }).click();
    await user.presses("Escape");
  });

  it("remembers what was looked for", async () => {
    // Enter comes before the answer does, and waits for it.
    await user.presses("/");
    await user.page.keyboard.type("library");
    await user.presses("Enter");
    await user.page.getByRole("button", { name: "Route to here" }).waitFor();
    await user.page.getByRole("button", { name: "Clear the search" }).click();
    await user.reads("Recent");
  });
});

describe("a route", () => {
  it("is made by two clicks, turned round, and shared by a link", async () => {
    const user = await User.as(browser, program, "dispatcher");
    await user.opensMap(`/map${downtown}`);
    await user.presses("r");
    await user.clicksMap(560, 300);
    await user.page.waitForURL(/from=/);
    await user.clicksMap(980, 560);
    await user.page.locator("[role=status] b").waitFor();
    await user.photographs("desk-route");
    await user.canUse();
    const walk = await user.page.locator("[role=status] b").innerText();
    await user.page.getByTitle("Car", { exact: true }).click();
    await user.page.waitForURL(/profile=car/);
    await user.page.getByTitle("On foot", { exact: true }).click();
    await user.page.waitForURL(/profile=foot/);
    const before = new URL(user.page.url()).searchParams;
    await user.clicks("Swap start and destination");
    await user.page.waitForFunction((from) => new URLSearchParams(location.search).get("to") === from, before.get("from"));
    await user.clicks("Copy a link to this route");
    const link = await user.page.evaluate(() => navigator.clipboard.readText());
    const other = await User.as(browser, program, "dispatcher");
    await other.opensDesk(link);
    await other.page.locator("[role=status] b").waitFor();
    expect(await other.page.locator("[role=status] b").innerText()).toBe(walk);
    await other.leaves();
    await user.leaves();
  });

  it("follows its ends when they are dragged", async () => {
    const user = await User.as(browser, program, "dispatcher");
    await user.opensMap("/map?from=-75.5500,39.7440&to=-75.5450,39.7480&profile=foot#16/39.7459/-75.5486");
    const distance = user.page.locator("[role=status] b");
    await distance.waitFor();
    for (const [end, key] of [["B", "to"], ["A", "from"]] as const) {
      const before = new URL(user.page.url()).searchParams;
      const pin = await user.page.getByTestId("map").locator(`[data-end=${end}]`).boundingBox();
      if (pin === null) throw new Error(`no pin ${end}`);
      const at = { x: pin.x + pin.width / 2, y: pin.y + pin.height / 2 };
      const answered = user.page.waitForResponse((r) => r.url().includes("/api/route") && r.ok());
      await user.page.mouse.move(at.x, at.y);
      await user.page.mouse.down();
      await user.page.mouse.move(at.x + 60, at.y + 70, { steps: 8 });
      await user.page.mouse.up();
      const route = (await (await answered).json()) as { distance_m: number };
      expect(route.distance_m).toBeGreaterThan(0);
      await user.page.waitForFunction(([k, was]) => new URLSearchParams(location.search).get(k) !== was, [key, before.get(key) ?? ""] as const);
      const after = new URL(user.page.url()).searchParams;
      const other = key === "to" ? "from" : "to";
      expect(after.get(other), "the other end stays").toBe(before.get(other));
    }
    await distance.waitFor();
    await user.leaves();
  });

  it("bends round a street that is closed on the map, and is straight again once that is lifted", async () => {
    const user = await User.as(browser, program, "dispatcher");
    const ends = "from=-75.5500,39.7440&to=-75.5450,39.7480&profile=car";
    const straight = (await user.asks("get", `/api/route?${ends}`)) as { distance_m: number; geometry: { coordinates: [number, number][] } };
    // In the middle of the longest stretch between two corners one is on one street.
    const line = straight.geometry.coordinates;
    const size = (i: number) => Math.hypot((line[i + 1]?.[0] ?? 0) - (line[i]?.[0] ?? 0), (line[i + 1]?.[1] ?? 0) - (line[i]?.[1] ?? 0));
    const longest = line.slice(1, -2).reduce((best, _, k) => (size(k + 1) > size(best) ? k + 1 : best), 1);
    const middle = (axis: 0 | 1) => (((line[longest]?.[axis] ?? 0) + (line[longest + 1]?.[axis] ?? 0)) / 2).toFixed(6);
    await user.opensMap(`/map?${ends}#16/${middle(1)}/${middle(0)}`);
    // A way round may be as long: what tells it apart is the street that it leads over.
    const over = () => user.page.getByText(/^over /).first().innerText();
    const before = await over();
    await user.presses("b", "m"); // at the middle of the map
    await user.page.getByLabel("Reason").fill("burst water main");
    const closed = user.page.waitForResponse((r) => r.url().endsWith("/api/closures") && r.request().method() === "POST" && r.ok());
    await user.clicks("Close the street");
    await closed;
    const bent = Date.now();
    await expect.poll(over, { timeout: 20_000, interval: 20 }).not.toBe(before);
    expect(Date.now() - bent, "milliseconds until the route has bent").toBeLessThan(1000);
    await user.photographs("desk-closed");
    await user.clicks("Open the street again");
    await expect.poll(over, { timeout: 20_000, interval: 20 }).toBe(before);
    const auditor = await User.as(browser, program, "auditor");
    const { entries } = (await auditor.asks("get", "/api/audit?limit=50")) as { entries: { verb: string; who: string }[] };
    const { login } = user.account("dispatcher");
    expect(entries.filter((e) => e.who === login && e.verb.startsWith("closure.")).map((e) => e.verb)).toEqual(["closure.remove", "closure.add"]);
    await auditor.leaves();
    await user.leaves();
  });

  it("says in words when an end is in the river", async () => {
    const user = await User.as(browser, program, "dispatcher");
    user.expects(/422/);
    await user.opensDesk("/map?from=-75.5466,39.7459&to=-75.4990,39.7200&profile=foot");
    await user.reads(/The destination is .* from the nearest street|There is no street near the destination/);
    await user.leaves();
  });

  it("starts from a right click", async () => {
    const user = await User.as(browser, program, "dispatcher");
    await user.handlesMap(`/map${downtown}`);
    await user.page.mouse.click(700, 400, { button: "right" });
    await user.page.getByRole("menuitem", { name: "Route to here" }).click();
    await user.page.waitForURL(/to=/);
    await user.reads(/Click on the map for the start/);
    await user.leaves();
  });
});

describe("language and theme", () => {
  it("switch at once and are kept", async () => {
    const user = await User.as(browser, program, "dispatcher");
    await user.opensDesk(`/map${downtown}`);
    await user.clicks("切换到中文");
    await user.page.getByRole("button", { name: "图层" }).waitFor();
    await user.presses("t");
    await user.page.locator(":root[data-theme=dark]").waitFor();
    await user.page.reload();
    await user.seesMap();
    await user.page.locator(":root[data-theme=dark][lang=zh-CN]").waitFor();
    await user.photographs("desk-dark-zh");
    await user.canUse();
    await user.leaves();
  });

  it("come with a link for the first look", async () => {
    const user = await User.as(browser, program, "dispatcher");
    await user.opensDesk(`/map?lang=zh-CN&theme=dark${downtown}`);
    await user.page.locator(":root[data-theme=dark][lang=zh-CN]").waitFor();
    await user.leaves();
  });
});

describe("layers", () => {
  it("are switched off and stay off", async () => {
    const user = await User.as(browser, program, "dispatcher");
    await user.opensDesk(`/map${downtown}`);
    await user.presses("l");
    await user.page.getByText("Buildings").click();
    await user.page.reload();
    await user.page.getByTestId("map").waitFor();
    await user.presses("l");
    expect(await user.page.getByRole("switch", { name: "Buildings" }).isChecked()).toBe(false);
    await user.leaves();
  });
});

describe("with the keyboard alone", () => {
  it("one signs in, finds, routes, asks for help and gives a command", async () => {
    const user = await User.arrives(browser, program);
    const { login, password } = user.account("dispatcher");
    await user.opens("/login");
    await user.page.getByLabel("Login").waitFor();
    await user.page.keyboard.type(login);
    await user.presses("Tab");
    await user.page.keyboard.type(password);
    await user.presses("Enter");
    await user.page.getByTestId("map").waitFor();
    await user.searches("north market");
    await user.presses("Enter");
    await user.page.getByRole("heading", { name: "North Market Street" }).waitFor();
    await user.presses("Escape", "m");
    await user.reads("This point");
    await user.presses("Escape", "r");
    await user.page.getByRole("heading", { name: "Route" }).waitFor();
    await user.presses("Escape", "?");
    await user.page.getByRole("dialog", { name: "Keys" }).waitFor();
    await user.presses("Escape", "Control+k");
    await user.page.keyboard.type("my account");
    await user.presses("Enter");
    await user.page.waitForURL(/\/account/);
    await user.leaves();
  });
});

it("shows an hour gone by to who says why, and comes back to what is live", async () => {
  const user = await User.as(browser, program, "dispatcher");
  await user.opensMap(`/map${downtown}`);
  await user.presses("p");
  const dialog = user.page.getByRole("dialog", { name: "Replay an hour" });
  await dialog.getByLabel("Why do you need it?").fill("complaint 417");
  await dialog.getByRole("button", { name: "Show it" }).click();
  const bar = user.page.getByRole("region", { name: "Replay" });
  await bar.getByText("Replay, not live").waitFor();
  await bar.getByText("×60").click();
  const moment = bar.getByRole("slider", { name: "Moment" });
  const before = Number(await moment.inputValue());
  await bar.getByRole("button", { name: "Play" }).click();
  await expect.poll(async () => Number(await moment.inputValue()), { timeout: 15_000 }).toBeGreaterThan(before + 30_000);
  await user.canUse();
  await bar.getByRole("button", { name: "Back to live" }).click();
  await bar.waitFor({ state: "detached" });
  await user.leaves();
});

it("tells when the connection is lost, and when it is back", async () => {
  const user = await User.as(browser, program, "dispatcher");
  user.expects(/ERR_INTERNET_DISCONNECTED|failed:/);
  await user.opensDesk(`/map${downtown}`);
  await user.reads(/^live$/);
  await user.goesOffline(true);
  await user.reads(/No connection since/);
  await user.goesOffline(false);
  await user.page.getByText(/No connection since/).waitFor({ state: "detached" });
  await user.leaves();
});

it("a page that does not exist says so", async () => {
  const user = await User.as(browser, program, "dispatcher");
  user.expects(/404/);
  await user.opensDesk();
  await user.page.evaluate(() => {
    history.pushState(null, "", "/nowhere");
    dispatchEvent(new PopStateEvent("popstate"));
  });
  await user.reads("There is no such page");
  await user.leaves();
});

it("the docs page lists every operation with a command to copy", async () => {
  const user = await User.as(browser, program, "dispatcher");
  await user.opens("/docs");
  await user.reads("/api/streets/nearest");
  expect(await user.page.getByText(/^curl /).count()).toBeGreaterThan(20);
  await user.canUse();
  await user.leaves();
});
