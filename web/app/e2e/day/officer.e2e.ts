import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import type { Alert, Task, Walk } from "../../src/live/wire";
import { deepest, Login, Tag, type Zones } from "../device";
import { openBrowser, User } from "../user";

const program = inject("program");
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

// ask is a question to the server in somebody's name, and the shape of its answer.
async function ask<T>(user: User, path: string): Promise<T> {
  return (await user.asks("get", path)) as T;
}

// until asks again until there is an answer.
async function until<T>(what: string, ask: () => Promise<T | undefined>, seconds = 90): Promise<T> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    const got = await ask();
    if (got !== undefined) return got;
    await new Promise((done) => setTimeout(done, 1000));
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

it("what an officer does without a signal outlives a reload and reaches the desk", { timeout: 300_000 }, async () => {
  const officer = await User.as(browser, program, "officer", { phone: true, at: [-75.546, 39.746] });
  const desk = await User.as(browser, program, "dispatcher");
  officer.expects(/ERR_INTERNET_DISCONNECTED|WebSocket/);
  await desk.opens("/account");
  await officer.opens("/phone");
  await officer.reads(/Start of shift/);
  const walk = await until("a walk", async () => (await ask<{ walks: Walk[] }>(officer, "/api/walks")).walks.find((w) => w.planned));
  await officer.page.getByRole("button", { name: "Start my shift" }).tap({ timeout: 60_000 });
  // A spot that is due where the walk begins comes before its street.
  const [call] = walk.calls;
  const street = walk.stops[0]?.street ?? "";
  await officer.page.getByRole("heading", { name: street }).or(officer.page.getByText(call?.spots[0]?.name.en ?? street)).first().waitFor();
  await officer.canUse();
  await officer.photographs("phone-walk");
  // The page is kept for bad times once its worker is in charge.
  await officer.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller === null) await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
  });

  const fido = await Tag.registered(await Login.of(program, "admin"), "Fido");
  const park = deepest((await desk.asks("get", "/api/zones")) as Zones);
  const { clock } = (await desk.asks("get", "/api/session")) as { clock: { now: string } };
  await fido.reports(...[40, 20, 0].map((ago) => ({ t: new Date(Date.parse(clock.now) - ago * 1000).toISOString(), at: park })));
  const alert = await until("an alert", async () => (await ask<{ alerts: Alert[] }>(desk, "/api/alerts?state=open,acknowledged")).alerts[0]);
  await desk.asks("post", `/api/alerts/${alert.id}/send`, { person: walk.person.id, note: "By the fountain" });
  await officer.page.getByRole("tab", { name: /Tasks/ }).tap();
  await officer.reads("By the fountain");
  const sent = async () => (await ask<Alert>(desk, `/api/alerts/${alert.id}`)).sent;
  expect((await sent())?.id).toBe(walk.person.id);
  await until("the phone says it has it", async () => (await ask<{ tasks: Task[] }>(desk, "/api/tasks?open=true")).tasks.find((t) => t.alert === alert.id && t.state === "received"));
  await officer.canUse();
  await officer.photographs("phone-task");

  await officer.goesOffline(true);
  for (const at of walk.line.slice(0, 3)) {
    await officer.goesTo(at);
    await officer.page.waitForTimeout(2500);
  }
  if (call !== undefined && Date.parse(call.spots[0]?.open ?? "") < Date.parse(clock.now)) {
    await officer.page.getByRole("tab", { name: /Route/ }).tap();
    await officer.goesTo(call.at);
    await officer.reads(/You are here, call 1/);
    await officer.photographs("phone-call");
    await officer.page.getByRole("tab", { name: /Tasks/ }).tap();
  }
  await officer.page.getByRole("button", { name: "I'm there" }).tap();
  await officer.page.getByRole("button", { name: "Done", exact: true }).tap();
  await officer.page.getByRole("button", { name: "Talked to the owner" }).tap();
  await officer.page.getByRole("dialog").getByRole("button", { name: "Done", exact: true }).tap();
  await officer.page.getByRole("button", { name: /waiting to send/ }).waitFor();
  await officer.page.reload();
  await officer.page.getByRole("button", { name: /waiting to send/ }).tap();
  await officer.reads(/arrived/);
  await officer.reads(/safe on this phone/);
  await officer.photographs("phone-waiting");
  expect((await ask<Alert>(desk, `/api/alerts/${alert.id}`)).state).toBe("dispatched");

  await officer.goesOffline(false);
  const closed = await until("the alert is closed", async () => {
    const a = await ask<Alert>(desk, `/api/alerts/${alert.id}`);
    return a.state === "closed" ? a : undefined;
  });
  expect(closed.history.filter((h) => h.verb === "arrive").length, "told once").toBe(1);
  expect(closed.history.filter((h) => h.verb === "close").length).toBe(1);
  await officer.reads(/has everything/);
  if (call !== undefined) await until("the spot is seen", async () => (await ask<{ walks: Walk[] }>(officer, "/api/walks")).walks.find((w) => w.calls[0]?.spots[0]?.seen !== null));
  await officer.leaves();
  await desk.leaves();
});
