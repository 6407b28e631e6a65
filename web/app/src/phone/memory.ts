// Who was last signed in on this phone, so that the page opens without a signal.
// The server checks everything anyway; this holds no secret.
import type { Session } from "../api/types";

const saved = "citygrid.phone.session";

export function keepSession(s: Session): void {
  const text = JSON.stringify(s);
  if (localStorage.getItem(saved) !== text) localStorage.setItem(saved, text);
}

export function keptSession(): Session | undefined {
  try {
    const text = localStorage.getItem(saved);
    return text === null ? undefined : (JSON.parse(text) as Session);
  } catch {
    return undefined;
  }
}

export function forgetSession(): void {
  localStorage.removeItem(saved);
}

// onPhone says whether this page is the phone's, which must open without a signal.
export const onPhone = (): boolean => location.pathname === "/phone";

// belongsHere says whether somebody who signed in on this screen wants the phone
// page: an officer or driver, and a screen of a phone's size.
export function belongsHere(roles: readonly string[]): boolean {
  const field = roles.length > 0 && roles.every((r) => r === "officer" || r === "driver");
  return field && matchMedia("(max-width: 720px), (max-height: 500px) and (pointer: coarse)").matches;
}
