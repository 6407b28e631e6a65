import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import type { Session } from "../api/types";
import { sessionKey, useSession } from "../session/session";
import { streetsChanged } from "../map/closures/data";
import { planChanged } from "../map/ground";
import { Live, type Pulse } from "./live";
import type { Alert, Task } from "./wire";

const Context = createContext<Live | null>(null);

// The socket's right in the permissions table: an auditor reads alerts, but not live.
const wantedRight = "units.live";

// LiveProvider keeps one connection for who is signed in and may see anything
// live; for others there is a Live that never connects.
export function LiveProvider({ children }: { children: ReactNode }) {
  const { person } = useSession();
  const may = person !== null && !person.must_change && person.rights.includes(wantedRight);
  // Another person must not inherit what the one before saw.
  return (
    <OneLive key={person?.id ?? 0} may={may}>
      {children}
    </OneLive>
  );
}

function OneLive({ may, children }: { may: boolean; children: ReactNode }) {
  const client = useQueryClient();
  const { clock } = useSession();
  const [live] = useState(() => {
    const made = new Live({ binary: true });
    made.clock.tell(clock.now, clock.speed);
    return made;
  });
  // Without a connection the session is all that tells the bureau's time.
  useEffect(() => {
    if (!may) live.clock.tell(clock.now, clock.speed);
  }, [live, may, clock]);
  useEffect(() => {
    if (!may) return;
    const ask = () => client.invalidateQueries({ queryKey: sessionKey });
    let timer: ReturnType<typeof setTimeout> | undefined;
    live.onEnded = () => {
      // Who changes their own password ends the session this connection was made
      // with, and goes on with a new one.
      void ask().then(() => {
        if ((client.getQueryData<Session>(sessionKey)?.person ?? null) === null) return;
        clearTimeout(timer);
        timer = setTimeout(() => live.again(), 500);
      });
    };
    live.onRefused = () => void ask();
    live.onStreets = () => streetsChanged(client);
    live.onPlan = () => planChanged(client);
    const motion = matchMedia("(prefers-reduced-motion: reduce)");
    const still = () => {
      live.units.still = motion.matches;
    };
    still();
    motion.addEventListener("change", still);
    live.start();
    return () => {
      clearTimeout(timer);
      motion.removeEventListener("change", still);
      live.stop();
    };
  }, [live, may, client]);
  return <Context value={live}>{children}</Context>;
}

export function useLive(): Live {
  const live = useContext(Context);
  if (live === null) throw new Error("no LiveProvider above");
  return live;
}

export function usePulse(): Pulse {
  const live = useLive();
  return useSyncExternalStore(live.onPulse, live.pulse);
}

export function useAlerts(): readonly Alert[] {
  const { alerts } = useLive();
  return useSyncExternalStore(alerts.subscribe, alerts.list);
}

export function useTasks(): readonly Task[] {
  const { tasks } = useLive();
  return useSyncExternalStore(tasks.subscribe, tasks.list);
}

// useNow is the server's time, told again every so many of our ms.
export function useNow(everyMs = 1000): number {
  const { clock } = useLive();
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(clock.now()), everyMs);
    setNow(clock.now());
    return () => clearInterval(timer);
  }, [clock, everyMs]);
  return now;
}
