import { describe, expect, it } from "vitest";
import en from "../i18n/en.json";
import { steps, systemOf, systems } from "./systems";

it.each([
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1", true, "ios"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15", true, "ios"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15", false, "macos"],
  ["Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36", true, "android"],
  ["Mozilla/5.0 (Android 15; Mobile; rv:142.0) Gecko/142.0 Firefox/142.0", true, "android"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0", false, "firefox"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", false, "windows"],
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", false, "linux"],
])("%s (touch %s) is %s", (agent, touch, want) => {
  expect(systemOf(agent, touch)).toBe(want);
});

describe("every step has its words", () => {
  it.each(systems)("%s", (system) => {
    expect(Object.keys(en.trust.step[system])).toEqual(Array.from({ length: steps[system] }, (_, i) => `${i + 1}`));
    expect(en.trust.system[system]).not.toBe("");
  });
});
