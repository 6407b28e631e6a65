// What is written beside units: names from close by, a number on who can go,
// and all that is known of the one under the pointer.
import { shownAt, type Moving } from "../../live/units";
import type { Stage } from "../../past/player";
import css from "./labels.module.css";
import { mercator, type Point2, type Projector } from "./slots";

export interface Told {
  title: string;
  lines: string[];
}

export interface Labels {
  frame(project: Projector, origin: Point2 | null, view: { zoom: number; width: number; height: number; radius: number }): void;
  hover(id: string | null): void;
  number(ids: readonly string[]): void; // 1, 2, 3 on these
  remove(): void;
}

const namesFrom = 15.3; // zoom
const mostNames = 60;
const arrangeMs = 400;

// A Box is what a name takes up on the screen.
export interface Box {
  id: string;
  x: number;
  y: number;
  width: number;
}

const nameHeight = 17;

// arrange keeps the names that don't cover one another; earlier ones go first,
// and who was shown stays shown, so names don't blink.
export function arrange(boxes: readonly Box[], were: ReadonlySet<string>, most: number): string[] {
  const placed: Box[] = [];
  for (const b of [...boxes.filter((x) => were.has(x.id)), ...boxes.filter((x) => !were.has(x.id))]) {
    if (placed.length >= most) break;
    const free = placed.every((p) => Math.abs(p.y - b.y) >= nameHeight || Math.abs(p.x - b.x) >= (p.width + b.width) / 2 + 4);
    if (free) placed.push(b);
  }
  return placed.map((p) => p.id);
}

// A CJK character is as wide as it is high, others about half.
export function nameWidth(name: string): number {
  return Array.from(name).reduce((sum, c) => sum + (c > "\u2e7f" ? 11 : 6.2), 10);
}

export function addLabels(container: HTMLElement, live: Pick<Stage, "units">, tell: (m: Moving) => Told): Labels {
  const box = document.createElement("div");
  box.className = css.labels ?? "";
  box.setAttribute("aria-hidden", "true"); // panels and lists say the same
  container.append(box);
  const tip = element(css.tip);
  const names = new Map<string, HTMLElement>();
  const badges = new Map<string, HTMLElement>();
  let hovered: string | null = null;
  let arranged = 0;
  let toldAt = 0;

  function element(name: string | undefined): HTMLElement {
    const e = document.createElement("div");
    e.className = name ?? "";
    return e;
  }
  const put = (e: HTMLElement, x: number, y: number, by: string) => {
    e.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) ${by}`;
    if (e.parentElement === null) box.append(e);
  };
  const drop = (map: Map<string, HTMLElement>, stay: (id: string) => boolean) => {
    for (const [id, e] of map)
      if (!stay(id)) {
        e.remove();
        map.delete(id);
      }
  };
  const write = (m: Moving) => {
    const { title, lines } = tell(m);
    tip.replaceChildren();
    const b = document.createElement("b");
    b.textContent = title;
    tip.append(b, ...lines.map((text) => {
      const line = document.createElement("div");
      line.textContent = text;
      return line;
    }));
  };

  return {
    frame(project, origin, view) {
      const now = performance.now();
      const where = (m: Moving): Point2 => {
        const [x, y] = mercator(shownAt(m, now));
        return project(x - (origin?.[0] ?? 0), y - (origin?.[1] ?? 0));
      };
      if (origin === null || view.zoom < namesFrom) drop(names, () => false);
      else {
        if (now - arranged > arrangeMs) {
          arranged = now;
          const boxes: Box[] = [];
          for (const m of live.units.all()) {
            const [x, y] = where(m);
            if (x > 0 && y > 0 && x < view.width && y < view.height) boxes.push({ id: m.unit.id, x, y, width: nameWidth(m.unit.name) });
          }
          const keep = new Set(arrange(boxes, new Set(names.keys()), mostNames));
          drop(names, (id) => keep.has(id));
          for (const id of keep) {
            const e = names.get(id) ?? element(css.name);
            e.textContent = live.units.get(id)?.unit.name ?? "";
            names.set(id, e);
          }
        }
        for (const [id, e] of names) {
          const m = live.units.get(id);
          if (m === undefined) continue;
          const [x, y] = where(m);
          e.hidden = id === hovered;
          put(e, x, y + view.radius + 6, "translateX(-50%)");
        }
      }
      for (const [id, e] of badges) {
        const m = live.units.get(id);
        e.hidden = m === undefined || origin === null;
        if (m === undefined || origin === null) continue;
        const [x, y] = where(m);
        put(e, x + view.radius + 2, y - view.radius - 2, "translate(-50%, -50%)");
      }
      const m = hovered === null ? undefined : live.units.get(hovered);
      if (m === undefined || origin === null) tip.remove();
      else {
        if (now - toldAt > 500) {
          toldAt = now;
          write(m);
        }
        const [x, y] = where(m);
        const left = x > view.width - 300;
        put(tip, left ? x - view.radius - 10 : x + view.radius + 10, y, `translate(${left ? "-100%" : "0"}, -50%)`);
      }
    },
    hover(id) {
      if (id !== hovered) toldAt = 0;
      hovered = id;
      if (id === null) tip.remove();
    },
    number(ids) {
      drop(badges, () => false);
      ids.forEach((id, i) => {
        const e = element(css.badge);
        e.textContent = String(i + 1);
        badges.set(id, e);
      });
    },
    remove: () => box.remove(),
  };
}
