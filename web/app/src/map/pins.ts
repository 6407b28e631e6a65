import css from "./pins.module.css";

// pin is a drop with a letter; its tip stands on the point.
export function pin(letter: string, label: string): HTMLElement {
  const e = document.createElement("div");
  e.className = css.pin ?? "";
  e.dataset.end = letter;
  e.setAttribute("role", "img");
  e.setAttribute("aria-label", label);
  const body = document.createElement("span");
  body.textContent = letter;
  e.append(body);
  return e;
}

// stopPin is a disc with a number, its middle on the point.
export function stopPin(n: number, label: string): HTMLElement {
  const e = document.createElement("div");
  e.className = css.stop ?? "";
  e.dataset.stop = String(n);
  e.setAttribute("role", "img");
  e.setAttribute("aria-label", label);
  e.textContent = String(n);
  return e;
}

export function ring(): HTMLElement {
  const e = document.createElement("div");
  e.className = css.ring ?? "";
  e.setAttribute("aria-hidden", "true");
  return e;
}

// here is the dot of "locate me" with its accuracy as a disc.
export function here(label: string): HTMLElement {
  const e = document.createElement("div");
  e.className = css.here ?? "";
  e.setAttribute("role", "img");
  e.setAttribute("aria-label", label);
  return e;
}
