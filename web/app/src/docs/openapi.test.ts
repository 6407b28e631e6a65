import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { curl, grouped, refName, resolve, typeName, type Description } from "./openapi";

const d = JSON.parse(readFileSync(new URL("../../openapi.json", import.meta.url), "utf8")) as Description;
const all = grouped(d).flatMap((g) => g.entries);

describe("the server's own description", () => {
  it("has every operation once, in a group", () => {
    expect(new Set(all.map((e) => e.id)).size).toBe(all.length);
    expect(all.length).toBe(Object.values(d.paths).reduce((n, item) => n + Object.keys(item).filter((k) => k !== "parameters").length, 0));
  });
  it.each(all.map((e) => [e.id, e] as const))("%s gets a curl command without holes", (_, e) => {
    const command = curl(d, e, "https://city.example");
    expect(command).toMatch(/^curl -b cookies.txt/);
    expect(command).not.toMatch(/[{]id[}]|undefined|\[object/);
  });
  it("resolves every schema it names", () => {
    const text = JSON.stringify(d);
    for (const [, ref] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
      const schema = { $ref: ref ?? "" };
      expect(refName(schema)).toBeDefined();
      expect(resolve(d, schema)).not.toEqual({});
    }
  });
});

it.each([
  [undefined, "any"],
  [{ type: "string", format: "date-time" }, "string (date-time)"],
  [{ type: ["integer", "null"], format: "int64" }, "integer (int64) | null"],
  [{ type: "array", items: { $ref: "#/components/schemas/Person" } }, "Person[]"],
  [{ enum: ["a", "b"] }, '"a" | "b"'],
  [{ type: "object", additionalProperties: { type: "string" } }, "{ [name]: string }"],
])("%j is called %s", (schema, name) => {
  expect(typeName(schema)).toBe(name);
});
