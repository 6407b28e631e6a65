import { expect, it } from "vitest";
import { chord } from "./keys";

const press = (key: string, o: Partial<KeyboardEvent> = {}) => chord({ key, ctrlKey: false, metaKey: false, altKey: false, ...o });

it.each([
  [press("k", { ctrlKey: true }), "Ctrl+K"],
  [press("k", { metaKey: true }), "Ctrl+K"],
  [press("?"), "?"],
  [press("r"), "R"],
  [press("Escape"), "Escape"],
  [press("l", { altKey: true }), "Alt+L"],
])("%s is %s", (got, want) => {
  expect(got).toBe(want);
});
