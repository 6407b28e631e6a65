import { describe, expect, it, vi } from "vitest";

vi.stubGlobal("location", { origin: "http://bureau" });
const { session } = await import("./queries");

// A server whose answers the test gives one by one.
function answers() {
  const asked: { path: string; answer: (status: number, body?: unknown) => void }[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    return new Promise<Response>((resolve) => {
      asked.push({
        path: `${request.method} ${new URL(request.url).pathname}`,
        answer: (status, body) => resolve(new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } })),
      });
    });
  });
  const next = async (path: string) => {
    await vi.waitUntil(() => asked.length > 0);
    const one = asked.shift();
    expect(one?.path).toBe(path);
    return one as NonNullable<typeof one>;
  };
  return { asked, next };
}

describe("who is here, while the password changes", () => {
  it("is asked after the change", async () => {
    const server = answers();
    const change = session.changePassword("old one", "new one");
    const told = session.get();
    const put = await server.next("PUT /api/session/password");
    expect(server.asked).toHaveLength(0);
    put.answer(204);
    await change;
    (await server.next("GET /api/session")).answer(200, { person: { login: "pat" } });
    expect((await told).person).toEqual({ login: "pat" });
  });

  it("is asked again when the change came between", async () => {
    const server = answers();
    const told = session.get();
    const early = await server.next("GET /api/session");
    const change = session.changePassword("old one", "new one");
    (await server.next("PUT /api/session/password")).answer(204);
    await change;
    early.answer(200, { person: null });
    (await server.next("GET /api/session")).answer(200, { person: { login: "pat" } });
    expect((await told).person).toEqual({ login: "pat" });
  });

  it("is asked after a change that was refused, too", async () => {
    const server = answers();
    const change = session.changePassword("wrong", "new one");
    const told = session.get();
    (await server.next("PUT /api/session/password")).answer(422, { code: "password.old_wrong" });
    await expect(change).rejects.toThrow();
    (await server.next("GET /api/session")).answer(200, { person: { login: "pat" } });
    expect((await told).person).toEqual({ login: "pat" });
  });
});
