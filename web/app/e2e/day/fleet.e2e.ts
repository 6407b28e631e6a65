import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openBrowser, User } from "../user";

const program = inject("program");
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

// opensRegister waits for the table, or for the words of an empty register.
async function opensRegister(user: User, name: string): Promise<void> {
  await user.opens(`/fleet/${name}`);
  await user.page.getByRole("grid").or(user.page.getByText("Nothing here yet")).first().waitFor();
}

async function choosesFile(user: User, name: string, text: string): Promise<void> {
  await user.page.getByRole("dialog").locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
}

async function finds(user: User, words: string): Promise<number> {
  await user.page.getByLabel("Find in the list").fill(words);
  await user.page.waitForTimeout(200);
  return user.page.locator("[role=row][aria-selected]").count();
}

describe("a register", () => {
  it("takes a file as a whole or not at all", async () => {
    const admin = await User.as(browser, program, "admin");
    await opensRegister(admin, "vehicles");
    await admin.presses("i");
    await choosesFile(admin, "vehicles.csv", "plate,kind,capacity\nE2E 001,tow-truck,1\nE2E 002,tractor,\n");
    // The report names line, field, and what to do, and goes to the line.
    const report = admin.page.getByRole("region", { name: "Faults of the file" });
    await report.getByText('"tractor" is not understood').waitFor();
    const cells = await report.locator("tbody td").allInnerTexts();
    expect(cells[0]).toBe("3");
    expect(cells[1]).toBe("kind");
    expect(cells[3]).toMatch(/use one of/);
    await admin.clicks("Go to line 3");
    await admin.page.getByRole("region", { name: "The file" }).getByText("E2E 002,tractor,").waitFor();
    expect(await admin.page.getByRole("dialog").getByRole("button", { name: "Import", exact: true }).isDisabled()).toBe(true);
    await admin.canUse();
    await admin.photographs("fleet-faults");
    await admin.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    expect(await finds(admin, "E2E00")).toBe(0);

    await opensRegister(admin, "vehicles");
    await admin.presses("i");
    await choosesFile(admin, "vehicles.csv", "plate,kind,capacity\nE2E 001,tow-truck,1\nE2E 002,patrol-car,\n");
    await admin.clicks("Import 2 rows");
    await admin.reads("2 entries were imported.");
    await admin.page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
    expect(await finds(admin, "E2E00")).toBe(2);
    await admin.canUse();
    await admin.leaves();
  });

  it("is walked by the keyboard, and a row is changed", async () => {
    const admin = await User.as(browser, program, "admin");
    await opensRegister(admin, "vehicles");
    await admin.presses("f");
    await admin.page.keyboard.type("E2E002");
    await admin.page.getByRole("grid").focus();
    await admin.presses("End", "Enter");
    const dialog = admin.page.getByRole("dialog");
    expect(await dialog.getByLabel("Plate").inputValue()).toBe("E2E002");
    await dialog.getByLabel("Carries at once").fill("many");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("Write a whole number.").waitFor();
    await dialog.getByLabel("Carries at once").fill("3");
    await dialog.getByRole("button", { name: "Save" }).click();
    await admin.reads("Saved.");
    await admin.leaves();
  });
});

it("a team is added, and its code is nobody else's", async () => {
  const admin = await User.as(browser, program, "admin");
  admin.expects(/409/);
  await opensRegister(admin, "teams");
  const add = async () => {
    await admin.presses("n");
    const dialog = admin.page.getByRole("dialog");
    await dialog.getByLabel("Code").fill("E2E");
    await dialog.getByLabel("Name in English").fill("Night team");
    await dialog.getByRole("combobox", { name: "Area" }).fill("down");
    await admin.page.getByRole("option", { name: /Downtown/ }).first().click();
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
  };
  await add();
  await admin.reads("Added.");
  expect(await finds(admin, "night team")).toBe(1);
  await admin.page.getByRole("heading", { name: "Fleet and roster" }).click();
  await add();
  await admin.page.getByRole("dialog").locator("[data-invalid]").first().waitFor();
  await admin.canUse();
  await admin.leaves();
});

it("a device's secret is shown once", async () => {
  const admin = await User.as(browser, program, "admin");
  await opensRegister(admin, "devices");
  await admin.presses("n");
  await admin.page.getByRole("dialog").getByLabel("Device id").fill("e2e-tag");
  await admin.page.getByRole("dialog").getByRole("button", { name: "Add", exact: true }).click();
  const secret = await admin.page.getByTestId("secret").innerText();
  expect(secret.length).toBeGreaterThanOrEqual(12);
  await admin.clicks("I have noted it");
  expect(await finds(admin, "e2e-tag")).toBe(1);
  expect(await admin.page.getByText(secret).count()).toBe(0);
  await admin.leaves();
});

it("the roster is shown by day and by week", async () => {
  const admin = await User.as(browser, program, "admin", { theme: "dark" });
  await admin.opens("/fleet/shifts");
  await admin.page.getByRole("region", { name: "Day" }).or(admin.page.getByText("Nothing here yet")).first().waitFor();
  await admin.canUse();
  await admin.photographs("fleet-day-dark");
  await admin.page.getByText("Week", { exact: true }).click();
  await admin.page.getByRole("grid").or(admin.page.getByText("Nothing here yet")).first().waitFor();
  await admin.leaves();
});
