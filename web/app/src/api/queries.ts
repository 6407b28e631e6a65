// Every question the app asks and every change it makes, by name.
import { api, take } from "./client";
import type { Area, AuditEntry, Authority, DeadLetter, Grant, Hit, Hook, ImportJob, LngLat, MapInfo, NearStreet, NewPerson, Person, Profile, RoleRights, Route, Session, SetupForm, SetupState } from "./types";

// WayAsked is what is asked of a route.
export interface WayAsked {
  profile: Profile;
  from: LngLat;
  to: LngLat;
  via: readonly LngLat[];
  at: string | null; // when one leaves; null: now
  ferries: boolean;
  alternatives?: number;
  lang: string;
}

const lonLat = (p: LngLat): string => `${p[0].toFixed(6)},${p[1].toFixed(6)}`;
const ifMatch = (version: number) => ({ "If-Match": `"${version}"` });

// without takes undefined members off: openapi-fetch would send them as "undefined".
function without<T extends object>(query: T): T {
  return Object.fromEntries(Object.entries(query).filter(([, v]) => v !== undefined)) as T;
}

// A change of the password ends the old session before the browser holds the new
// one. Who asks meanwhile who is here would hear "nobody", so the question waits,
// and is asked again when a change came between.
let changing: Promise<unknown> = Promise.resolve();

export const session = {
  get: async (signal?: AbortSignal): Promise<Session> => {
    for (;;) {
      const before = changing;
      await before.catch(() => undefined);
      const told = await take<Session>(api.GET("/api/session", { signal }));
      if (changing === before) return told;
    }
  },
  login: (login: string, password: string) => take<Session>(api.POST("/api/session", { body: { login, password } })),
  logout: () => take<undefined>(api.DELETE("/api/session")),
  changePassword: (old: string, next: string) => {
    const change = take<undefined>(api.PUT("/api/session/password", { body: { old, new: next } }));
    changing = change;
    return change;
  },
};

export const trust = {
  get: async (signal?: AbortSignal) => (await take<{ authority: Authority | null }>(api.GET("/api/trust", { signal }))).authority,
};

export const setup = {
  // With the code one is also told why an import failed.
  get: (signal?: AbortSignal, code?: string) =>
    take<SetupState>(api.GET("/api/setup", { signal, params: code === undefined ? {} : { header: { "Citygrid-Setup-Code": code } } })),
  finish: (body: SetupForm) => take(api.POST("/api/setup", { body })),
  demoMap: (code: string) =>
    take(api.POST("/api/setup/map", { params: { query: { demo: true }, header: { "Citygrid-Setup-Code": code } } })),
  cancelImport: (code: string) => take(api.DELETE("/api/setup/map", { params: { header: { "Citygrid-Setup-Code": code } } })),
};

export const city = {
  map: (signal?: AbortSignal) => take<MapInfo>(api.GET("/api/map", { signal })),
  search: async (q: string, near: LngLat | null, lang: string, signal?: AbortSignal) => {
    const query = without({ q, near: near === null ? undefined : lonLat(near), lang, limit: 10 });
    return (await take<{ hits: Hit[] }>(api.GET("/api/search", { params: { query }, signal }))).hits;
  },
  route: ({ from, to, via, at, ferries, ...rest }: WayAsked, signal?: AbortSignal) => {
    const query = without({ ...rest, from: lonLat(from), to: lonLat(to), via: via.length === 0 ? undefined : via.map(lonLat).join(";"), at: at ?? undefined, ferries: ferries || undefined });
    return take<Route>(api.GET("/api/route", { params: { query }, signal }));
  },
  nearest: async (at: LngLat, lang: string, signal?: AbortSignal) =>
    (await take<{ street: NearStreet }>(api.GET("/api/streets/nearest", { params: { query: { at: lonLat(at), lang } }, signal }))).street,
};

export const mapImport = {
  state: async (signal?: AbortSignal) => (await take<{ import: ImportJob | null }>(api.GET("/api/map/import", { signal }))).import,
  demo: () => take(api.POST("/api/map", { params: { query: { demo: true } } })),
  cancel: () => take(api.DELETE("/api/map/import")),
};

export const people = {
  list: async (signal?: AbortSignal) => (await take<{ people: Person[] }>(api.GET("/api/people", { signal }))).people,
  add: (body: { login: string; name: string; grants: Grant[]; tags: string[] }) => take<NewPerson>(api.POST("/api/people", { body })),
  change: (id: number, version: number, body: { name?: string; grants?: Grant[]; tags?: string[]; disabled?: boolean }) =>
    take<Person>(api.PATCH("/api/people/{id}", { params: { path: { id }, header: ifMatch(version) }, body })),
  resetPassword: (id: number) => take<{ password?: string }>(api.PUT("/api/people/{id}/password", { params: { path: { id } }, body: {} })),
};

export type AreaForm = Pick<Area, "parent" | "kind" | "code" | "name">;

export const areas = {
  list: async (signal?: AbortSignal) => (await take<{ areas: Area[] }>(api.GET("/api/areas", { signal }))).areas,
  add: ({ kind, ...rest }: AreaForm) => {
    if (kind === "bureau") throw new Error("there is one bureau");
    return take<Area>(api.POST("/api/areas", { body: { ...rest, kind } }));
  },
  change: (id: number, version: number, body: Partial<AreaForm>) =>
    take<Area>(api.PATCH("/api/areas/{id}", { params: { path: { id }, header: ifMatch(version) }, body })),
  remove: (id: number, version: number) =>
    take(api.DELETE("/api/areas/{id}", { params: { path: { id }, header: ifMatch(version) } })),
};

export type HookForm = Pick<Hook, "name" | "url" | "off">;

export const hooks = {
  list: async (signal?: AbortSignal) => (await take<{ hooks: Hook[] }>(api.GET("/api/hooks", { signal }))).hooks,
  add: (body: HookForm) => take<{ hook: Hook; secret: string }>(api.POST("/api/hooks", { body })),
  change: (id: number, version: number, body: Partial<HookForm>) => take<Hook>(api.PATCH("/api/hooks/{id}", { params: { path: { id }, header: ifMatch(version) }, body })),
  remove: (id: number, version: number) => take(api.DELETE("/api/hooks/{id}", { params: { path: { id }, header: ifMatch(version) } })),
  newSecret: (id: number, version: number) => take<{ hook: Hook; secret: string }>(api.POST("/api/hooks/{id}/secret", { params: { path: { id }, header: ifMatch(version) } })),
  test: (id: number) => take(api.POST("/api/hooks/{id}/test", { params: { path: { id } } })),
  dead: (id: number, signal?: AbortSignal) => take<{ count: number; dead: DeadLetter[] }>(api.GET("/api/hooks/{id}/dead", { params: { path: { id } }, signal })),
  resend: (id: number, seq: number) => take(api.POST("/api/hooks/{id}/dead/{seq}", { params: { path: { id, seq } } })),
  drop: (id: number, seq: number) => take(api.DELETE("/api/hooks/{id}/dead/{seq}", { params: { path: { id, seq } } })),
};

export const roleTable = {
  get: (signal?: AbortSignal) => take<{ roles: RoleRights[]; rights: string[] }>(api.GET("/api/roles", { signal })),
};

export const audit = {
  page: (before: number | undefined, signal?: AbortSignal) =>
    take<{ entries: AuditEntry[]; more: boolean }>(api.GET("/api/audit", { params: { query: without({ before, limit: 200 }) }, signal })),
  verify: () => take<{ entries: number; ok: boolean; detail?: string }>(api.GET("/api/audit/verify")),
};
