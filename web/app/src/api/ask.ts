// ask is for families of paths that differ in a word alone, such as the
// registers: the typed client would need each spelt out.
import { take } from "./client";

interface Question {
  body?: unknown; // JSON, or a Blob that is sent as it is
  version?: number; // of what is changed
  signal?: AbortSignal | undefined;
}

export function ask<T>(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, { body, version, signal }: Question = {}): Promise<T> {
  const headers: Record<string, string> = {};
  if (body instanceof Blob) headers["Content-Type"] = body.type === "" ? "text/csv" : body.type;
  else if (body !== undefined) headers["Content-Type"] = "application/json";
  if (version !== undefined) headers["If-Match"] = `"${version}"`;
  const asked = fetch(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  return take<T>(asked.then(read) as Promise<never>);
}

async function read(response: Response): Promise<{ data?: unknown; error?: unknown; response: Response }> {
  const text = await response.text();
  let value: unknown;
  try {
    value = text === "" ? undefined : JSON.parse(text);
  } catch {
    value = text;
  }
  return response.ok ? { data: value, response } : { error: value, response };
}
