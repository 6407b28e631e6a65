// The little of OpenAPI 3.1 that our docs page draws, read without trust.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  example?: unknown;
  examples?: unknown[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
}

interface Content {
  schema?: Schema;
  example?: unknown;
}

export interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { description?: string; content?: Record<string, Content> };
  responses?: Record<string, { description?: string; content?: Record<string, Content> }>;
}

export interface Description {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

export interface Entry {
  id: string;
  method: string;
  path: string;
  operation: Operation;
}

const methods = ["get", "post", "put", "patch", "delete"];

// grouped lists the operations by their first tag, in the order of the file.
export function grouped(d: Description): { tag: string; entries: Entry[] }[] {
  const groups = new Map<string, Entry[]>();
  for (const [path, item] of Object.entries(d.paths))
    for (const method of methods) {
      const operation = item[method];
      if (operation === undefined) continue;
      const tag = operation.tags?.[0] ?? "api";
      const entry = { id: operation.operationId ?? `${method}${path}`, method: method.toUpperCase(), path, operation };
      groups.set(tag, [...(groups.get(tag) ?? []), entry]);
    }
  return [...groups].map(([tag, entries]) => ({ tag, entries }));
}

export function resolve(d: Description, schema: Schema | undefined): Schema {
  const name = refName(schema);
  return (name === undefined ? schema : d.components?.schemas?.[name]) ?? {};
}

export function refName(schema: Schema | undefined): string | undefined {
  return schema?.$ref?.startsWith("#/components/schemas/") === true ? schema.$ref.slice("#/components/schemas/".length) : undefined;
}

// typeName says a type in a word or two: "Person", "string[]", "integer | null".
export function typeName(schema: Schema | undefined): string {
  if (schema === undefined) return "any";
  const ref = refName(schema);
  if (ref !== undefined) return ref;
  const choice = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (choice !== undefined) return choice.map(typeName).join(" | ");
  if (schema.enum !== undefined) return schema.enum.map((v) => JSON.stringify(v)).join(" | ");
  const types = [schema.type ?? "any"].flat();
  return types
    .map((t) => {
      if (t === "array") return `${typeName(schema.items)}[]`;
      if (t === "object" && typeof schema.additionalProperties === "object") return `{ [name]: ${typeName(schema.additionalProperties)} }`;
      return schema.format === undefined || t === "null" ? t : `${t} (${schema.format})`;
    })
    .join(" | ");
}

// sample makes an example of a schema: its own examples first, else plain values.
export function sample(d: Description, schema: Schema | undefined, depth = 0): unknown {
  const s = resolve(d, schema);
  if (s.example !== undefined) return s.example;
  if (s.examples?.[0] !== undefined) return s.examples[0];
  if (s.enum?.[0] !== undefined) return s.enum[0];
  const choice = s.oneOf?.[0] ?? s.anyOf?.[0] ?? s.allOf?.[0];
  if (choice !== undefined) return depth > 4 ? null : sample(d, choice, depth + 1);
  const type = [s.type ?? "object"].flat()[0];
  if (type === "string") return s.format === "date-time" ? "2026-01-01T00:00:00Z" : "";
  if (type === "integer" || type === "number") return s.minimum ?? 0;
  if (type === "boolean") return false;
  if (depth > 4) return type === "array" ? [] : {};
  if (type === "array") return s.items === undefined ? [] : [sample(d, s.items, depth + 1)];
  return Object.fromEntries(
    Object.entries(s.properties ?? {})
      .filter(([name]) => name !== "$schema")
      .map(([name, p]) => [name, sample(d, p, depth + 1)]),
  );
}

function plain(v: unknown): string {
  return typeof v === "string" ? v : v === null || v === undefined ? "" : JSON.stringify(v);
}

// curl is a command that a reader can paste. The session is a cookie in a jar.
export function curl(d: Description, entry: Entry, origin: string): string {
  const { method, path, operation } = entry;
  const value = (p: Parameter) => plain(p.example ?? sample(d, p.schema)) || p.name.toUpperCase();
  const parameters = operation.parameters ?? [];
  let address = origin + path;
  for (const p of parameters) if (p.in === "path") address = address.replace(`{${p.name}}`, encodeURIComponent(value(p) === "0" ? "1" : value(p)));
  address = address.replace("{id}", "1");
  const query = parameters.filter((p) => p.in === "query" && p.required === true).map((p) => `${p.name}=${value(p)}`);
  if (query.length > 0) address += `?${query.join("&")}`;
  const lines = [`curl -b cookies.txt -c cookies.txt ${method === "GET" ? "" : `-X ${method} `}'${address}'`];
  for (const p of parameters) if (p.in === "header" && (p.required === true || p.name === "If-Match")) lines.push(`  -H '${p.name}: ${p.name === "If-Match" ? '"1"' : value(p)}'`);
  const content = Object.entries(operation.requestBody?.content ?? {})[0];
  if (content !== undefined) {
    const [kind, body] = content;
    lines.push(`  -H 'Content-Type: ${kind}'`);
    lines.push(kind.includes("json") ? `  -d '${JSON.stringify(body.example ?? sample(d, body.schema)).replaceAll("'", "'\\''")}'` : "  --data-binary @city.osm.pbf");
  }
  return lines.join(" \\\n");
}
