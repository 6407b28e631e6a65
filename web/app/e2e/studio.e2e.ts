import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import type { Alert, Walk } from "../src/live/wire";
import { deepest, inside, type LngLat, Login, type Rings, Tag, type Zones } from "./device";
import { openBrowser, User } from "./user";

const program = inject("program");
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

interface Detail {
  draft: { id: number; version: number; state: string; undo: number; parts: number };
  parts: { id: number; minutes: number; units: number; team: number | null }[];
}

interface Plan {
  plan?: { id: number; version: number };
  features: { geometry: Ground; properties: { id: number; code: string; team: number | null } }[];
}

interface Ground {
  type: string;
  coordinates: Rings | Rings[];
}

const soon = { timeout: 20_000, interval: 100 };

it("a planner cuts the city along its streets, paints a border, and from its day on the live map and the fences go by the plan", async () => {
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
  // Where the border is depends on how far the search came in its time: it is looked for on
  // all sides.
  let undo = first.draft.undo;
  for (const [dx, dy] of [[300, -40], [-300, 40], [0, -290], [0, 250]] as const) {
    await page.mouse.move(...middle);
    await page.mouse.down();
    await page.mouse.move(middle[0] + dx, middle[1] + dy, { steps: 4 });
    await page.mouse.up();
    await page.waitForTimeout(500);
    await planner.reads("Saved");
    undo = (await read()).draft.undo;
    if (undo > first.draft.undo) break;
  }
  expect(undo).toBe(first.draft.undo + 1);
  const painted = await read();
  expect(painted.parts[0]?.units).toBeGreaterThan(first.parts[0]?.units ?? 0);
  await planner.presses("Control+z");
  await expect.poll(async () => (await read()).parts[0]?.units, soon).toBe(first.parts[0]?.units);
  await planner.presses("Control+Shift+z");
  await expect.poll(async () => (await read()).parts[0]?.units, soon).toBe(painted.parts[0]?.units);

  // The part that a park is in goes to another team.
  const zones = (await planner.asks("get", "/api/zones")) as Zones;
  const park = deepest(zones);
  const old = holding(before, park);
  const { teams } = (await planner.asks("get", "/api/teams")) as { teams: { id: number; name: { en: string } }[] };
  const teamNames = new Map(teams.map((x) => [x.id, x.name.en]));
  const team = teams.find((x) => x.id !== old.properties.team)?.id ?? 0;
  const { features: units } = (await planner.asks("get", `/api/drafts/${id}/units`)) as { features: { geometry: Ground; properties: { part: number } }[] };
  const part = units.find((u) => holds(u.geometry, park))?.properties.part ?? 0;
  await planner.presses("v");
  await page.locator(`[data-part="${String(part)}"]`).click();
  await page.getByRole("button", { name: /Team$/ }).click();
  await page.getByRole("option", { name: teamNames.get(team) ?? "", exact: true }).click();
  await planner.clicks("Save");
  await expect.poll(async () => (await read()).parts.find((p) => p.id === part)?.team, soon).toBe(team);

  // What moves for whom, then to the other person.
  await planner.presses("Escape", "c");
  await page.getByRole("heading", { name: "Against the plan that holds now" }).waitFor();
  await planner.reads(/\d+ moves?, /);
  await planner.canUse();
  await planner.clicks("Submit");
  await planner.clicks("Submit for approval");
  await planner.reads("You submitted it, so another person approves it.");

  // The desk's map is open all the while, at a place that another team is to get.
  const desk = await User.as(browser, program, "dispatcher");
  await desk.handlesMap(`/map#16/${String(park[1])}/${String(park[0])}`);
  await desk.clicksMap(683, 410); // its middle
  const answers = desk.page.getByRole("region", { name: "Responsibility grid" });
  await answers.getByText(teamNames.get(old.properties.team ?? 0) ?? "a team", { exact: true }).waitFor();
  const walks = async () => ((await desk.asks("get", "/api/walks")) as { walks: Walk[] }).walks;
  const now = async () => ((await desk.asks("get", "/api/session")) as { clock: { now: string } }).clock.now;
  const running = async () => {
    const at = await now();
    return (await walks()).filter((w) => w.planned && w.from <= at && w.to > at);
  };
  await expect.poll(async () => (await running()).length, { timeout: 60_000, interval: 500 }).toBeGreaterThan(0);

  const other = await User.as(browser, program, "planner", { another: true });
  await other.opens(`/studio/${id}`);
  await other.clicks("Review");
  await other.clicks("Approve");
  await other.page.getByText("From a date").click();
  const from = await minuteAfter(Date.parse(await now()) + 75_000, other);
  await other.page.locator("input[type=datetime-local]").fill(from);
  const underway = await running(); // as they were sent out
  await other.clicks("Publish");
  await other.reads("This draft is the plan. To change it, make a copy.");
  await other.leaves();
  expect(((await desk.asks("get", "/api/plan")) as Plan).plan, "before its time").toEqual(before.plan);

  // Its time comes, and nobody touches the desk.
  await answers.getByText(teamNames.get(team) ?? "", { exact: true }).waitFor();
  const after = (await desk.asks("get", "/api/plan")) as Plan;
  expect(after.features).toHaveLength(12);
  const mine = holding(after, park);
  expect(mine.properties.team).toBe(team);
  const dog = await Tag.registered(await Login.of(program, "admin"), "Otis");
  const t = Date.parse(await now());
  await dog.reports(...[20, 10, 0].map((ago) => ({ t: new Date(t - ago * 1000).toISOString(), at: park })));
  const raised = async () => ((await desk.asks("get", "/api/alerts?state=open,acknowledged")) as { alerts: Alert[] }).alerts.find((a) => a.subject.name === "Otis");
  await expect.poll(async () => (await raised())?.grid?.code, soon).toBe(mine.properties.code);
  expect((await raised())?.team).toBe(team);
  await desk.page.locator("[data-alert]", { hasText: "Otis" }).waitFor();

  // Who is on the way goes on as planned, on streets that are another team's now too.
  const still = new Map((await walks()).map((w) => [w.shift, w]));
  for (const was of underway) expect(still.get(was.shift)?.line, `the walk of ${was.person.name}`).toEqual(was.line);
  const [walker] = underway;
  if (walker === undefined) throw new Error("nobody walks");
  const phone = await Tag.phoneOf(await Login.of(program, "admin"), walker.person.name);
  const steps = paced(walker.line, 120);
  const there = Date.parse(await now());
  await phone.reports(...steps.map((at, i) => ({ t: new Date(there - (steps.length - i) * 8000).toISOString(), at })));
  await expect.poll(async () => (await walks()).find((w) => w.shift === walker.shift)?.done_m, soon).toBeGreaterThan(90);
  await desk.photographs("desk-new-plan");
  await desk.leaves();

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

// paced is the first metres of a line, a place every ten of them.
function paced(line: readonly LngLat[], metres: number): LngLat[] {
  const places: LngLat[] = [];
  let [gone, next] = [0, 0];
  for (const [i, b] of line.entries()) {
    const a = line[i - 1];
    if (a === undefined) continue;
    const length = Math.hypot((b[0] - a[0]) * 85_500, (b[1] - a[1]) * 111_200);
    for (; next <= Math.min(gone + length, metres); next += 10) places.push([a[0] + ((next - gone) / length) * (b[0] - a[0]), a[1] + ((next - gone) / length) * (b[1] - a[1])]);
    gone += length;
  }
  return places;
}

function holds(ground: Ground, at: LngLat): boolean {
  const polygons = (ground.type === "Polygon" ? [ground.coordinates] : ground.coordinates) as Rings[];
  return polygons.some((rings) => inside(rings, at));
}

function holding(plan: Plan, at: LngLat): Plan["features"][number] {
  const grid = plan.features.find((f) => holds(f.geometry, at));
  if (grid === undefined) throw new Error(`no grid at ${at.join()}`);
  return grid;
}

// minuteAfter is the first whole minute from a time on, as the bureau's clocks show it.
async function minuteAfter(ms: number, user: User): Promise<string> {
  const { time_zone } = (await user.asks("get", "/api/session")) as { time_zone: string };
  return new Date(Math.ceil(ms / 60_000) * 60_000).toLocaleString("sv", { timeZone: time_zone }).slice(0, 16).replace(" ", "T");
}
