import { useEffect, useRef } from "react";

export type KeyMap = Record<string, (e: KeyboardEvent) => void>;

// chord names a key press the way the help sheet does: "Ctrl+K", "?", "R".
export function chord(e: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): string {
  const key = e.key.length === 1 ? e.key.toUpperCase() : e.key;
  return `${e.ctrlKey || e.metaKey ? "Ctrl+" : ""}${e.altKey ? "Alt+" : ""}${key}`;
}

// typing says whether a key press belongs to a text under the cursor.
export function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName)) &&
    !["checkbox", "radio", "range", "button"].includes((target as HTMLInputElement).type)
  );
}

// useKeys binds keys for as long as the component is shown. While somebody types
// or a dialog is open only chords with Ctrl count.
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.isComposing) return;
      const name = chord(e);
      const act = latest.current[name];
      if (act === undefined) return;
      if (!name.startsWith("Ctrl+") && (typing(e.target) || document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]:focus-within') !== null)) return;
      e.preventDefault();
      act(e);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
