// A Problem is a refusal in the server's words (RFC 9457), kept whole so a page
// can say what is wrong and where.
export class Problem extends Error {
  readonly status: number;
  // names the problem, stable between versions: "login.wrong"
  readonly code: string;
  // members beyond the standard ones, such as retry_after_s or distance_m
  readonly extra: Record<string, unknown>;
  // messages by field name: "password", "name"
  readonly fields: Record<string, string>;

  constructor(status: number, body: unknown) {
    const b = isObject(body) ? body : {};
    super(text(b.detail) ?? text(b.title) ?? `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.code = text(b.code) ?? "";
    this.extra = b;
    this.fields = fieldErrors(b.errors);
  }

  number(name: string): number | undefined {
    const v = this.extra[name];
    return typeof v === "number" ? v : undefined;
  }
}

// Unreachable means that no answer came: no network, or the server is down.
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("the server does not answer", { cause });
    this.name = "Unreachable";
  }
}

function isObject(v: unknown): v is Record<string, unknown> {
  return typeof v === "object" && v !== null;
}

function text(v: unknown): string | undefined {
  return typeof v === "string" && v !== "" ? v : undefined;
}

function fieldErrors(errors: unknown): Record<string, string> {
  const out: Record<string, string> = {};
  if (!Array.isArray(errors)) return out;
  for (const e of errors as unknown[]) {
    if (!isObject(e)) continue;
    const field = text(e.location)?.split(".").slice(1).join(".");
    const message = text(e.message);
    if (field !== undefined && message !== undefined) out[field] ??= message;
  }
  return out;
}
