// What can be done to an alert, each once from wherever it is asked.
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useLive } from "../live/LiveProvider";
import type { Alert, Candidate, Outcome } from "../live/wire";
import { useTrouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import { desk } from "./requests";

export interface Actions {
  ack: (a: Alert) => Promise<boolean>;
  ackAll: (list: readonly Alert[]) => Promise<void>;
  send: (a: Alert, c: Pick<Candidate, "person">) => Promise<boolean>;
  sendFirst: (a: Alert) => Promise<boolean>;
  close: (a: Alert, outcome: Outcome, note: string) => Promise<boolean>;
  note: (a: Alert, text: string) => Promise<boolean>;
}

export const nearestKey = (id: number) => ["nearest-units", id] as const;

// useActions: each tells how it went, and answers whether it went well.
export function useActions(): Actions {
  const { t } = useTranslation();
  const { alerts } = useLive();
  const say = useSay();
  const trouble = useTrouble();
  const client = useQueryClient();
  return useMemo(() => {
    const done = async (asked: Promise<Alert>, told: string, undo?: () => void): Promise<boolean> => {
      try {
        alerts.put(await asked);
        say(told);
        return true;
      } catch (e) {
        undo?.();
        say(trouble(e), "plain");
        return false;
      }
    };
    const send: Actions["send"] = async (a, c) => {
      const ok = await done(desk.send(a.id, c.person.id, ""), t("alert.sentTo", { name: c.person.name }));
      void client.invalidateQueries({ queryKey: nearestKey(a.id) });
      return ok;
    };
    return {
      send,
      // Seen at once: nobody is sent and nothing is lost if the server says no.
      ack: (a) => done(desk.ack(a.id), t("alert.acked"), alerts.guess({ ...a, state: "acknowledged" })),
      async ackAll(list) {
        let [done, failed] = [0, 0];
        for (const a of list) {
          const undo = alerts.guess({ ...a, state: "acknowledged" });
          try {
            alerts.put(await desk.ack(a.id));
            done++;
          } catch {
            undo(); // somebody else was quicker, or it is closed by now
            failed++;
          }
        }
        say(failed === 0 ? t("alert.ackedAll", { count: done }) : t("alert.ackedSome", { done, failed }), failed === 0 ? undefined : "plain");
      },
      async sendFirst(a) {
        try {
          const { candidates } = await client.query({ queryKey: nearestKey(a.id), queryFn: ({ signal }) => desk.nearest(a.id, signal), staleTime: 5000 });
          const [first] = candidates;
          if (first !== undefined) return await send(a, first);
          say(t("alert.nobody"), "plain");
        } catch (e) {
          say(trouble(e), "plain");
        }
        return false;
      },
      close: (a, outcome, note) => done(desk.close(a.id, outcome, note), t("alert.closed")),
      note: (a, text) => done(desk.note(a.id, text), t("alert.noted")),
    };
  }, [t, alerts, say, trouble, client]);
}
