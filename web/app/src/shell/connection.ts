import { useSyncExternalStore } from "react";

// A Link is what we know of the way to the server.
export interface Link {
  state: "live" | "slow" | "lost";
  latencyMs: number | null;
  since: number; // when the state began, ms since 1970
}

export const slowMs = 1500;
const everyMs = 10_000;
const patienceMs = 5_000;

// judge makes the next link from one probe; null means that no answer came.
export function judge(before: Link, latencyMs: number | null, now: number): Link {
  const state = latencyMs === null ? "lost" : latencyMs > slowMs ? "slow" : "live";
  return { state, latencyMs, since: state === before.state ? before.since : now };
}

class Probe {
  private link: Link = { state: "live", latencyMs: null, since: Date.now() };
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  get = (): Link => this.link;

  subscribe = (tell: () => void): (() => void) => {
    if (this.listeners.size === 0) this.start();
    this.listeners.add(tell);
    return () => {
      this.listeners.delete(tell);
      if (this.listeners.size === 0) this.stop();
    };
  };

  private start(): void {
    window.addEventListener("online", this.check);
    window.addEventListener("offline", this.check);
    document.addEventListener("visibilitychange", this.check);
    this.check();
  }

  private stop(): void {
    clearTimeout(this.timer);
    window.removeEventListener("online", this.check);
    window.removeEventListener("offline", this.check);
    document.removeEventListener("visibilitychange", this.check);
  }

  // A hidden page does not ask; it asks at once when it is shown again.
  readonly check = (): void => {
    clearTimeout(this.timer);
    if (document.visibilityState === "hidden") return;
    void this.ask().then((latency) => {
      const next = judge(this.link, latency, Date.now());
      this.link = next;
      this.listeners.forEach((tell) => tell());
      clearTimeout(this.timer);
      if (this.listeners.size > 0) this.timer = setTimeout(this.check, next.state === "lost" ? 3000 : everyMs);
    });
  };

  private async ask(): Promise<number | null> {
    if (!navigator.onLine) return null;
    const start = performance.now();
    try {
      const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(patienceMs) });
      await answer.text(); // an unread body would end as a failed request when the signal fires
      return answer.ok ? performance.now() - start : null;
    } catch {
      return null;
    }
  }
}

const probe = new Probe();

export function useLink(): Link {
  return useSyncExternalStore(probe.subscribe, probe.get);
}

export function checkLink(): void {
  probe.check();
}
