import { expect, it } from "vitest";
import { safeNext } from "./next";

it.each([
  ["/admin/people", "/admin/people"],
  ["/map?q=a#14/1/2", "/map?q=a#14/1/2"],
  [null, "/map"],
  ["", "/map"],
  ["https://evil.example", "/map"],
  ["//evil.example", "/map"],
  ["/\\evil.example", "/map"],
  ["javascript:alert(1)", "/map"],
  ["/login?next=/login", "/map"],
])("next=%s goes to %s", (next, want) => {
  expect(safeNext(next)).toBe(want);
});
