import createClient from "openapi-fetch";
import { Problem, Unreachable } from "./problem";
import type { paths } from "./schema";

type Listener = () => void;

// Whoever shows the session listens here; a 401 anywhere means it is over.
const signedOut = new Set<Listener>();

export function onSignedOut(listener: Listener): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

// api has a method for every path of the server's description, typed by it.
export const api = createClient<paths>({ baseUrl: "location" in globalThis ? location.origin : "", fetch: (request: Request) => fetch(request) });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

// openapi-fetch widens tuples such as [number, number] to arrays. Loose is a type
// widened likewise, to hold its answers against the description's own types.
type Loose<T> = T extends readonly (infer U)[] ? Loose<U>[] : T extends object ? { [K in keyof T]: Loose<T[K]> } : T;

// take unwraps an answer. It throws Problem for a refusal, Unreachable when
// nobody answers, and AbortError when the question was cancelled.
export async function take<T>(asked: Promise<Answer<Loose<T>>>): Promise<T> {
  let answer: Answer<Loose<T>>;
  try {
    answer = await asked;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Unreachable(cause);
  }
  const { data, error, response } = answer;
  if (response.ok) return data as T;
  if (response.status === 401 && new URL(response.url).pathname !== "/api/session") signedOut.forEach((tell) => tell());
  throw new Problem(response.status, error);
}
