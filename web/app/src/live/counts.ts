// Counts are how many units there are in each cell where the server tells them by
// number: far out, when there are many.
import type { Census } from "./positions";

export class Counts {
  private on = false;
  private census: Census | null = null;
  private readonly listeners = new Set<() => void>();

  // now is null where every unit is told by itself.
  now = (): Census | null => this.census;

  get counted(): boolean {
    return this.on;
  }

  onChange(hear: () => void): () => void {
    this.listeners.add(hear);
    return () => this.listeners.delete(hear);
  }

  // snapshot is told whether units are counted from now on. Another view has other
  // cells; those of the one before stay until they come, which is at once.
  snapshot(on: boolean): void {
    if (on === this.on) return;
    this.on = on;
    this.census = null;
    this.tell();
  }

  take(census: Census): void {
    if (!this.on) return; // it was on its way
    this.census = census;
    this.tell();
  }

  private tell(): void {
    this.listeners.forEach((hear) => hear());
  }
}

// bounds are the ground of a cell: west, south, east, north.
export function bounds(zoom: number, x: number, y: number): [number, number, number, number] {
  const across = 2 ** zoom;
  const lon = (v: number) => (v / across) * 360 - 180;
  const lat = (v: number) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * v) / across))) * 180) / Math.PI;
  return [lon(x), lat(y + 1), lon(x + 1), lat(y)];
}
