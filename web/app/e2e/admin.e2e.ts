import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openBrowser, User } from "./user";

const program = inject("program");
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function addsPerson(admin: User, login: string, name: string): Promise<string> {
  await admin.opens("/admin/people");
  await admin.clicks("Add a person");
  const dialog = admin.page.getByRole("dialog");
  await dialog.getByLabel("Login", { exact: true }).fill(login);
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByRole("button", { name: "Add a person" }).click();
  const password = await admin.page.getByTestId("secret").innerText();
  await admin.clicks("I have noted it");
  await admin.page.getByText(name).first().waitFor();
  return password;
}

describe("people", () => {
  it("are added by the admin, and choose their own password at the first sign-in", async () => {
    const admin = await User.as(browser, program, "admin");
    const given = await addsPerson(admin, "officer.one", "Olive One");
    await admin.canUse();
    await admin.photographs("admin-people");

    const olive = await User.arrives(browser, program);
    olive.expects(/422/);
    await olive.opens("/login");
    await olive.signsIn("officer.one", given);
    await olive.reads("Choose your own password");
    await olive.page.getByLabel("The password you were given").fill(given);
    await olive.page.getByLabel("New password", { exact: true }).fill("short");
    await olive.page.getByLabel("Repeat the new password").fill("short");
    await olive.clicks("Change and go on");
    await olive.page.locator("[data-invalid]").first().waitFor();
    await olive.canUse();
    await olive.page.getByLabel("New password", { exact: true }).fill("tram river stone 7");
    await olive.page.getByLabel("Repeat the new password").fill("tram river stone 7");
    await olive.clicks("Change and go on");
    await olive.page.getByTestId("map").waitFor();
    await olive.opens("/admin/people");
    await olive.reads("This page needs another role");
    await olive.leaves();
    await admin.leaves();
  });

  it("are found, disabled and enabled", async () => {
    const admin = await User.as(browser, program, "admin");
    await addsPerson(admin, "driver.two", "Dan Two");
    await admin.page.getByLabel("Find a person").fill("dan");
    await admin.clicks("Disable Dan Two");
    await admin.page.getByRole("alertdialog").getByRole("button", { name: "Disable", exact: true }).click();
    await admin.page.getByText("disabled", { exact: true }).waitFor();
    await admin.clicks("Enable Dan Two");
    await admin.page.getByRole("alertdialog").getByRole("button", { name: "Enable", exact: true }).click();
    await admin.page.getByText("disabled", { exact: true }).waitFor({ state: "detached" });
    await admin.leaves();
  });

  it("are locked out after wrong passwords, and told for how long", async () => {
    const admin = await User.as(browser, program, "admin");
    await addsPerson(admin, "clumsy", "Clara Clumsy");
    const clara = await User.arrives(browser, program);
    clara.expects(/401|423/);
    await clara.opens("/login");
    for (let i = 0; i < 6 && !(await clara.page.getByText(/Try again in/).first().isVisible()); i++) {
      const answered = clara.page.waitForResponse((r) => r.url().endsWith("/api/session") && r.request().method() === "POST");
      await clara.signsIn("clumsy", `wrong password ${i}`);
      await answered;
      await clara.page.waitForTimeout(200);
    }
    await clara.reads(/Try again in/);
    await clara.photographs("login-locked");
    await clara.leaves();
    await admin.leaves();
  });

  it("changed by two admins at once: the second is told, and nothing is lost", async () => {
    const first = await User.as(browser, program, "admin");
    const second = await User.as(browser, program, "admin");
    second.expects(/412/);
    await addsPerson(first, "shared", "Sam Shared");
    await second.opens("/admin/people");
    await second.clicks("Change Sam Shared");
    await first.clicks("Change Sam Shared");
    const rename = async (user: User, name: string) => {
      await user.page.getByRole("dialog").getByLabel("Name", { exact: true }).fill(name);
      await user.page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    };
    await rename(first, "Sam First");
    await first.reads("Sam First was saved.");
    await rename(second, "Sam Second");
    await second.reads(/changed this in the meantime/);
    await second.leaves();
    await first.leaves();
  });
});

describe("areas", () => {
  it("are added, and not deleted while something stands under them", async () => {
    const admin = await User.as(browser, program, "admin");
    admin.expects(/409/);
    await admin.opens("/admin/areas");
    const add = async (under: string, name: string) => {
      await admin.clicks(`Add an area under ${under}`);
      await admin.page.getByLabel("Name in English").fill(name);
      await admin.page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
      await admin.page.getByRole("button", { name: `Change ${name}` }).waitFor();
    };
    await add("Downtown", "Old Quarter");
    await add("Old Quarter", "Quarter Station");
    const remove = async (name: string) => {
      await admin.clicks(`Delete ${name}`);
      await admin.page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    };
    await remove("Old Quarter");
    await admin.reads(/Something still belongs to this area/);
    await admin.clicks("Cancel");
    await remove("Quarter Station");
    await admin.page.getByRole("button", { name: "Change Quarter Station" }).waitFor({ state: "detached" });
    await admin.canUse();
    await admin.leaves();
  });
});

it("roles and the map's report are shown to the admin, the audit log is not", async () => {
  const admin = await User.as(browser, program, "admin");
  await admin.opens("/admin/roles");
  await admin.reads("Change people");
  await admin.canUse();
  await admin.opens("/admin/map");
  await admin.reads("Report of the import");
  await admin.canUse();
  await admin.opens("/admin/audit");
  await admin.reads("This page needs another role");
  await admin.leaves();
});

it("the auditor reads the log and checks its chain", async () => {
  const auditor = await User.as(browser, program, "auditor", { theme: "dark" });
  await auditor.opens("/admin");
  await auditor.reads("signed in");
  await auditor.clicks("Check the chain");
  await auditor.reads(/All \d+ entries are unchanged/);
  await auditor.page.getByLabel("Filter the log").fill("signed in");
  await auditor.page.waitForFunction(() => [...document.querySelectorAll("[role=row]")].every((r) => r.textContent.includes("signed in")));
  await auditor.canUse();
  await auditor.photographs("audit-dark");
  expect(await auditor.page.getByRole("link", { name: "People" }).count()).toBe(0);
  await auditor.leaves();
});

it("one changes one's own language, theme and password", async () => {
  const admin = await User.as(browser, program, "admin");
  const given = await addsPerson(admin, "own.password", "Pat Own");
  await admin.leaves();
  const pat = await User.arrives(browser, program);
  pat.expects(/422/);
  await pat.opens("/login");
  await pat.signsIn("own.password", given);
  await pat.page.getByLabel("The password you were given").fill(given);
  for (const label of ["New password", "Repeat the new password"]) await pat.page.getByLabel(label, { exact: true }).fill("green lamp seven tea");
  await pat.clicks("Change and go on");
  await pat.page.getByTestId("map").waitFor();
  await pat.opens("/account");
  await pat.page.getByLabel("Old password").fill("not it at all");
  for (const label of ["New password", "Repeat the new password"]) await pat.page.getByLabel(label, { exact: true }).fill("blue lamp eight tea");
  await pat.clicks("Change the password");
  await pat.reads("The old password is wrong.");
  await pat.page.getByLabel("Old password").fill("green lamp seven tea");
  await pat.clicks("Change the password");
  await pat.reads("The password is changed.");
  await pat.page.getByText("Dark").click();
  await pat.page.locator(":root[data-theme=dark]").waitFor();
  await pat.canUse();
  await pat.leaves();
});
