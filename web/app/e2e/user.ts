// A User does in a browser what people do, in their words, and notes every error
// that the console or the network shows on the way.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { expect } from "vitest";
import type { Program } from "./program";

const out = new URL("./out/", import.meta.url).pathname;
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // WebGL in software; root in a container has no sandbox.
    args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
  });
}

export interface Who {
  phone?: boolean;
  language?: "en" | "zh-CN";
  theme?: "light" | "dark";
  at?: [number, number]; // where the phone is, lon and lat
  another?: boolean; // than the one who came first in that role
}

type State = Awaited<ReturnType<BrowserContext["storageState"]>>;

// Signing in is slow on purpose and limited per address, so each account does it once.
const sessions = new Map<string, State>();

export class User {
  readonly page: Page;
  private readonly context: BrowserContext;
  private readonly program: Program;
  private readonly troubles: string[] = [];
  private readonly expected: RegExp[] = [];

  private constructor(page: Page, context: BrowserContext, program: Program) {
    this.page = page;
    this.context = context;
    this.program = program;
    page.on("console", (m) => {
      if (m.type() === "error" || m.type() === "warning") this.note(`console: ${m.text()} ${m.location().url}`);
    });
    page.on("pageerror", (e) => this.note(`page: ${e.message}`));
    page.on("response", (r) => {
      if (r.status() >= 400) this.note(`${r.status()} ${r.url()}`);
    });
    page.on("requestfailed", (r) => {
      // A search that was typed over and a tile that moved out of sight are given up.
      if (r.failure()?.errorText !== "net::ERR_ABORTED") this.note(`failed: ${r.url()} ${r.failure()?.errorText ?? ""}`);
    });
  }

  static async arrives(browser: Browser, program: Program, who: Who = {}, state?: State): Promise<User> {
    const context = await browser.newContext({
      baseURL: program.url,
      locale: who.language ?? "en",
      colorScheme: who.theme ?? "light",
      reducedMotion: "reduce",
      viewport: who.phone === true ? { width: 390, height: 844 } : { width: 1366, height: 768 },
      hasTouch: who.phone === true,
      isMobile: who.phone === true,
      permissions: ["clipboard-read", "clipboard-write", ...(who.at === undefined ? [] : ["geolocation"])],
      ...(who.at === undefined ? {} : { geolocation: { longitude: who.at[0], latitude: who.at[1], accuracy: 9 } }),
      ...(state === undefined ? {} : { storageState: state }),
    });
    context.setDefaultTimeout(40_000);
    const page = await context.newPage();
    if (who.language === "zh-CN") await page.addInitScript(() => localStorage.setItem("citygrid.language", "zh-CN"));
    return new User(page, context, program);
  }

  // as brings somebody who has signed in already.
  static async as(browser: Browser, program: Program, role: string, who: Who = {}): Promise<User> {
    const key = who.another === true ? `another ${role}` : role;
    let state = sessions.get(key);
    if (state === undefined) {
      const first = await User.arrives(browser, program);
      const account = (who.another === true ? undefined : program.accounts?.find((a) => a.role === role)) ?? (await User.hired(browser, program, role));
      await first.asks("post", "/api/session", { login: account.login, password: account.password });
      state = { ...(await first.context.storageState()), origins: [] };
      sessions.set(key, state);
      await first.leaves();
    }
    return User.arrives(browser, program, who, state);
  }

  // hired is somebody with a role that the demo has no account for: the admin adds
  // them, and they choose their own password.
  private static async hired(browser: Browser, program: Program, role: string): Promise<{ login: string; password: string }> {
    const admin = await User.as(browser, program, "admin");
    const { areas } = (await admin.asks("get", "/api/areas")) as { areas: { id: number; kind: string }[] };
    const login = `${role}.${Math.random().toString(36).slice(2, 8)}`;
    const grants = [{ role, area: areas.find((a) => a.kind === "bureau")?.id }];
    const { password: given } = (await admin.asks("post", "/api/people", { login, name: `The ${role}`, grants })) as { password: string };
    await admin.leaves();
    const own = { login, password: "heron bridge lamp 4" };
    const newcomer = await User.arrives(browser, program);
    await newcomer.asks("post", "/api/session", { login, password: given });
    await newcomer.asks("put", "/api/session/password", { old: given, new: own.password });
    await newcomer.leaves();
    return own;
  }

  // asks the server with this user's session, past the page.
  async asks(method: "get" | "post" | "put" | "patch" | "delete", path: string, data?: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    const answer = await this.context.request[method](path, { headers, ...(data === undefined ? {} : { data }) });
    expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
    const text = await answer.text();
    return text === "" ? undefined : JSON.parse(text);
  }

  account(role: string): { login: string; password: string; name: string } {
    const found = this.program.accounts?.find((a) => a.role === role);
    if (found === undefined) throw new Error(`the demo has no ${role}`);
    return found;
  }

  private note(trouble: string): void {
    if (!this.expected.some((e) => e.test(trouble))) this.troubles.push(trouble);
  }

  // expects an error that belongs to the test; everything else fails it.
  expects(...troubles: RegExp[]): void {
    this.expected.push(...troubles);
  }

  async leaves(): Promise<void> {
    await this.context.close();
    expect(this.troubles, "errors in the console or the network").toEqual([]);
  }

  async opens(path: string): Promise<void> {
    await this.page.goto(path);
  }

  async opensMap(path = "/map"): Promise<void> {
    await this.opens(path);
    await this.seesMap();
  }

  // opensDesk doesn't wait until the map is drawn, which takes seconds without a
  // graphics card.
  async opensDesk(path = "/map"): Promise<void> {
    await this.opens(path);
    await this.page.getByTestId("map").waitFor();
  }

  // handlesMap waits until the map takes clicks and drags: not until its streets are
  // drawn, which is what takes long.
  async handlesMap(path: string): Promise<void> {
    await this.opens(path);
    await this.page.locator(".maplibregl-canvas").waitFor();
  }

  async seesMap(): Promise<void> {
    await this.page.locator("[data-ready=true]").waitFor();
  }

  async signsIn(login: string, password: string): Promise<void> {
    await this.page.getByLabel(/^(Login|用户名)/).fill(login);
    await this.page.getByLabel(/^(Password|密码)/).fill(password);
    await this.page.getByRole("button", { name: /^(Sign in|登录)$/ }).click();
  }

  async searches(text: string): Promise<void> {
    await this.page.keyboard.press("/");
    await this.page.keyboard.type(text);
    await this.page.getByRole("option").first().waitFor();
  }

  async clicksMap(x: number, y: number): Promise<void> {
    await this.page.mouse.click(x, y);
  }

  async reads(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  async presses(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async clicks(name: string | RegExp): Promise<void> {
    await this.page.getByRole("button", { name }).first().click();
  }

  // seesUnitsMove looks at the map twice: nothing but units changes on it by itself.
  async seesUnitsMove(): Promise<void> {
    const map = this.page.getByTestId("map");
    const before = await map.screenshot();
    await expect.poll(async () => (await map.screenshot()).equals(before), { timeout: 30_000, interval: 1000 }).toBe(false);
  }

  async opensAlert(about: string): Promise<void> {
    await this.page.locator("[data-alert]", { hasText: about }).first().click();
    await this.page.getByRole("heading", { name: about }).waitFor();
  }

  // opensTask on the phone: what was sent is on a tab of its own.
  async opensTask(about: string): Promise<void> {
    await this.page.getByRole("tab", { name: /Tasks/ }).tap();
    await this.page.getByRole("article", { name: new RegExp(about) }).waitFor();
  }

  async sends(name: string): Promise<void> {
    await this.page.getByRole("button", { name: `Send ${name}` }).click();
  }

  async losesSession(): Promise<void> {
    await this.context.clearCookies();
  }

  // sendsSlowly limits what the browser sends, in kB/s; 0 lifts the limit.
  async sendsSlowly(kilobytes: number): Promise<void> {
    const wire = await this.context.newCDPSession(this.page);
    await wire.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: kilobytes === 0 ? -1 : kilobytes * 1000 });
  }

  async goesOffline(offline: boolean): Promise<void> {
    await this.context.setOffline(offline);
  }

  // goesTo moves the phone, as its browser tells.
  async goesTo([longitude, latitude]: [number, number]): Promise<void> {
    await this.context.setGeolocation({ longitude, latitude, accuracy: 9 });
  }

  async photographs(name: string): Promise<void> {
    mkdirSync(out, { recursive: true });
    await this.page.waitForTimeout(300);
    await this.page.screenshot({ path: `${out}${name}.png` });
  }

  // canUse checks the page with axe-core: WCAG 2.2 A and AA.
  async canUse(): Promise<void> {
    await this.page.evaluate(axeSource);
    const found = await this.page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run: (d: Document, o: object) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> } };
      const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
      return violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.html} ${n.failureSummary ?? ""}`).join(" | ")}`);
    });
    expect(found).toEqual([]);
  }
}
