import { expect, it } from "vitest";
import { Problem } from "./problem";

it("keeps the detail, the extra members and the field messages", () => {
  const p = new Problem(423, {
    title: "Locked",
    detail: "too many wrong passwords",
    retry_after_s: 60,
    errors: [
      { location: "body.password", message: "too short" },
      { location: "body.bureau.en", message: "is empty" },
      { location: "body.password", message: "second is not shown" },
      "noise",
    ],
  });
  expect(p.message).toBe("too many wrong passwords");
  expect(p.number("retry_after_s")).toBe(60);
  expect(p.fields).toEqual({ password: "too short", "bureau.en": "is empty" });
});

it.each([null, "", "<html>", 7, [], { errors: "x" }])("takes any body: %j", (body) => {
  expect(new Problem(502, body).message).toBe("HTTP 502");
});
