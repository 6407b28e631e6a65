import { useQuery } from "@tanstack/react-query";
import { Clock as ClockIcon, Siren, Users, WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { useAlerts, useLive, useNow, usePulse } from "../live/LiveProvider";
import { stale } from "../live/live";
import { useDeskStore } from "../map/desk";
import { Button } from "../parts/Button";
import { useRight, useSession } from "../session/session";
import shell from "../shell/Shell.module.css";
import { checkLink, useLink } from "../shell/connection";
import css from "./Desk.module.css";
import { WithLatency } from "./LatencyStrip";
import { count } from "./queue";
import { desk } from "./requests";

// Counters are the bureau at a glance. They count all that one may see, not
// what the map shows.
export function Counters() {
  const mayUnits = useRight("units.live");
  const mayAlerts = useRight("alerts.read");
  return (
    <span className={css.counters}>
      <DemoClock />
      {mayUnits && <OnDuty />}
      {mayAlerts && <OpenAlerts />}
    </span>
  );
}

function OnDuty() {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ["units"], queryFn: ({ signal }) => desk.units(signal), refetchInterval: 15_000, staleTime: 10_000 });
  if (data === undefined) return null;
  const staff = data.filter((u) => u.kind !== "dog" && u.duty !== "off");
  const busy = staff.filter((u) => u.duty === "busy").length;
  return (
    <span className={css.counter} title={t("strip.busy", { count: busy })}>
      <Users aria-hidden />
      <b>{staff.length}</b> <span>{t("strip.onDuty")}</span>
    </span>
  );
}

function OpenAlerts() {
  const { t } = useTranslation();
  const store = useDeskStore();
  const { open, worst } = count(useAlerts());
  return (
    <button type="button" className={css.counter} data-grade={worst ?? "none"} onClick={() => store.set((d) => ({ ...d, queue: true }))}>
      <Siren aria-hidden />
      <b>{open}</b> <span>{t("strip.alerts", { count: open })}</span>
    </button>
  );
}

// DemoClock shows the bureau's time where it isn't everybody's.
function DemoClock() {
  const { t } = useTranslation();
  const format = useFormat();
  const { clock } = useLive();
  const session = useSession();
  const now = useNow(500);
  const speed = clock.set ? clock.speed : session.clock.speed;
  if (speed === 1) return null;
  return (
    <span className={css.counter} title={t("strip.demoClock", { speed })}>
      <ClockIcon aria-hidden />
      <b>{clock.set ? format.clock(new Date(now).toISOString()) : ""}</b> <span>×{speed}</span>
    </span>
  );
}

// LiveSign stands where the connection's sign is for who sees anything live: not
// only does the server answer, what is on the screen is as of now.
export function LiveSign() {
  const { t } = useTranslation();
  const format = useFormat();
  const pulse = usePulse();
  const link = useLink();
  const state = stale(pulse) || link.state === "lost" ? "lost" : pulse.lagMs !== null && pulse.lagMs > 1500 ? "slow" : "live";
  const lag = pulse.lagMs === null ? "" : t("live.lag", { s: format.number(Math.max(0.1, Math.round(pulse.lagMs / 100) / 10)) });
  return (
    <WithLatency className={shell.link} state={state} note={t(`live.${state}Note`)}>
      <span className={shell.dot} aria-hidden />
      <span>{t(state === "lost" ? "live.stale" : `link.${state}`)}</span>
      {state !== "lost" && <span className={shell.latency}>{lag}</span>}
    </WithLatency>
  );
}

const graceMs = 2500; // of a page that has just been opened, or of a blink

// StaleBanner says that positions are old, whether or not the server still answers.
export function StaleBanner() {
  const { t } = useTranslation();
  const format = useFormat();
  const live = useLive();
  const pulse = usePulse();
  const link = useLink();
  const old = stale(pulse);
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!old) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), graceMs);
    return () => clearTimeout(timer);
  }, [old]);
  const lost = link.state === "lost";
  const retry = () => {
    if (pulse.phase === "broken") location.reload();
    checkLink();
    live.retry();
  };
  if (!lost && (!old || !late)) return null;
  const time = format.clock(pulse.since);
  const [head, note] =
    lost ? [t("link.banner", { time }), `${t("live.lostNote")} ${t("link.stillWorks")}`]
    : pulse.phase === "broken" ? [t("live.broken"), t("live.brokenNote")]
    : [t("live.banner", { time }), t(pulse.behind ? "live.behindNote" : "live.bannerNote")];
  return (
    <div className={shell.banner} role="alert">
      <WifiOff aria-hidden />
      <span>
        <b>{head}</b> {note}
      </span>
      <Button look="plain" onPress={retry}>
        {t("link.retry")}
      </Button>
    </div>
  );
}
