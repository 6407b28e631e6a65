// What other programs do: an admin's script that registers a dog and its tag, and
// the tag, which reports where the dog is. They speak to the public API alone.
import type { Account, Program } from "./program";

export type LngLat = [number, number];
export type Rings = LngLat[][];

export interface Zones {
  features: { geometry: { type: string; coordinates: Rings | Rings[] }; properties: { kind: string; active: boolean; name: Record<string, string> } }[];
}

// A Login is somebody without a browser.
export class Login {
  private readonly cookie: string;
  readonly url: string;
  private constructor(url: string, cookie: string) {
    this.url = url;
    this.cookie = cookie;
  }

  static async of(program: Program, role: string): Promise<Login> {
    const account = program.accounts?.find((a: Account) => a.role === role);
    if (account === undefined) throw new Error(`the demo has no ${role}`);
    const answer = await fetch(`${program.url}/api/session`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ login: account.login, password: account.password }),
    });
    if (!answer.ok) throw new Error(`${role} cannot sign in: ${String(answer.status)} ${await answer.text()}`);
    const cookie = answer.headers.getSetCookie().map((c) => c.split(";")[0]).join("; ");
    return new Login(program.url, cookie);
  }

  async get<T>(path: string): Promise<T> {
    return this.ask<T>("GET", path);
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return this.ask<T>("POST", path, body);
  }

  private async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { Cookie: this.cookie, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`);
    return JSON.parse(text) as T;
  }
}

interface Verdict {
  stored: boolean;
  why?: string;
}

// A Tag is a dog's: it reports by the batch form with its own secret.
export class Tag {
  private readonly url: string;
  private readonly id: string;
  private readonly secret: string;
  private constructor(url: string, id: string, secret: string) {
    this.url = url;
    this.id = id;
    this.secret = secret;
  }

  // phoneOf registers a phone that is no browser for somebody of a name.
  static async phoneOf(admin: Login, name: string): Promise<Tag> {
    const { people } = await admin.get<{ people: { id: number; name: string }[] }>("/api/people");
    const person = people.find((p) => p.name === name);
    if (person === undefined) throw new Error(`nobody is called ${name}`);
    const id = `phone-${String(person.id)}-e2e`;
    const { secret } = await admin.post<{ secret: string }>("/api/devices", { id, class: "phone", protocol: "json", datum: "wgs84", subject: { class: "person", id: person.id } });
    return new Tag(admin.url, id, secret);
  }

  // registered makes a dog and its tag.
  static async registered(admin: Login, dog: string): Promise<Tag> {
    const { areas } = await admin.get<{ areas: { id: number; kind: string }[] }>("/api/areas");
    const area = areas.find((a) => a.kind === "town") ?? areas[0];
    const made = await admin.post<{ id: number }>("/api/dogs", { name: dog, licence: `E2E-${dog}`, owner: "Invented Owner", owner_phone: "555-0100", area: area?.id });
    const id = `tag-${dog}`;
    const { secret } = await admin.post<{ secret: string }>("/api/devices", {
      id,
      class: "dog-tag",
      protocol: "json",
      datum: "wgs84",
      subject: { class: "dog", id: made.id },
    });
    return new Tag(admin.url, id, secret);
  }

  async reports(...fixes: { t: string; at: LngLat }[]): Promise<Verdict[]> {
    const answer = await fetch(`${this.url}/api/fixes`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.id}:${this.secret}` },
      body: JSON.stringify({ fixes: fixes.map((f) => ({ t: f.t, lon: f.at[0], lat: f.at[1], accuracy_m: 5 })) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the tag was refused: ${String(answer.status)} ${text}`);
    return (JSON.parse(text) as { verdicts: Verdict[] }).verdicts;
  }
}

// deepest is the point of all no-dog zones in force that is farthest from a
// border, so that no noise can be an excuse.
export function deepest(zones: Zones): LngLat {
  let best: { at: LngLat; depth: number } | null = null;
  for (const { geometry, properties } of zones.features) {
    if (properties.kind !== "no-dog" || !properties.active) continue;
    const polygons = (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates) as Rings[];
    for (const rings of polygons) {
      const xs = (rings[0] ?? []).map((p) => p[0]);
      const ys = (rings[0] ?? []).map((p) => p[1]);
      for (let i = 1; i < 24; i++) {
        for (let j = 1; j < 24; j++) {
          const at: LngLat = [mix(xs, i / 24), mix(ys, j / 24)];
          const depth = inside(rings, at) ? Math.min(...rings.flatMap((r) => r.map((p) => Math.hypot((p[0] - at[0]) * 0.77, p[1] - at[1])))) : 0;
          if (depth > (best?.depth ?? 0)) best = { at, depth };
        }
      }
    }
  }
  if (best === null) throw new Error("the demo has no no-dog zone in force");
  return best.at;
}

function mix(values: number[], share: number): number {
  return Math.min(...values) * (1 - share) + Math.max(...values) * share;
}

// inside tells if a place is within the outer ring and in no hole.
export function inside(rings: Rings, [x, y]: LngLat): boolean {
  let odd = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const a = ring[i];
      const b = ring[j];
      if (a !== undefined && b !== undefined && a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) odd = !odd;
    }
  }
  return odd;
}
