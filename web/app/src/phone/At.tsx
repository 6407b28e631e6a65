import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LngLat } from "../api/types";
import { usePulse } from "../live/LiveProvider";
import { stale } from "../live/live";
import { CampaignTurns } from "./CampaignTurns";
import { phaseAt } from "./duty";
import css from "./Phone.module.css";
import { PhoneMap } from "./PhoneMap";
import type { Phone } from "./phone";
import { RoutePane } from "./RoutePane";
import { StartPane } from "./StartPane";
import { Strip } from "./Strip";
import { shown, isOpen, type Shown } from "./tasks";
import { TaskBanner, TasksPane } from "./TasksPane";
import { usePhone, useServerNow } from "./usePhone";
import { readWay } from "./wire";

export interface Way {
  to: LngLat;
  line: LngLat[];
}

type Tab = "route" | "tasks";

// At is the page of somebody who is at work, or about to be.
export function At({ phone, driver }: { phone: Phone; driver: boolean }) {
  const { t } = useTranslation();
  const state = usePhone(phone);
  const now = useServerNow(phone);
  const offline = stale(usePulse());
  const [tab, setTab] = useState<Tab>("route");
  const [chosen, setChosen] = useState<number | null>(null);
  const [way, showWay] = useWay(phone, driver);
  const tasks = shown(state.tasks, state.steps).filter((s) => isOpen(s.state) || !state.dismissed.includes(s.task.id));
  const open = tasks.filter((s) => isOpen(s.state));
  const focused = open.find((s) => s.task.id === chosen) ?? open[0];
  useReceived(phone, open);
  const phase = phaseAt(state.shift, now);
  const working = state.sharing || (!state.alone && phase === "on");
  return (
    <div className={css.page}>
      <Strip phone={phone} now={now} offline={offline} />
      <main className={css.main}>
        {state.map !== null ? <PhoneMap info={state.map} phone={phone} way={way?.line ?? noWay} /> : <div className={css.noMap}>{t("phone.noMap")}</div>}
        <section className={css.sheet} aria-label={t("phone.sheet")}>
          <div className={css.tabs} role="tablist" aria-label={t("phone.tabs")}>
            {(["route", "tasks"] as const).map((id) => (
              <button key={id} id={`tab-${id}`} type="button" role="tab" aria-selected={tab === id} aria-controls="phone-pane" tabIndex={tab === id ? 0 : -1} onClick={() => setTab(id)} onKeyDown={(e) => { if (e.key === "ArrowLeft" || e.key === "ArrowRight") flip(id, setTab); }}>
                {t(id === "route" && driver ? "phone.tab.run" : `phone.tab.${id}`)}
                {id === "tasks" && open.length > 0 && <span className={css.count}>{open.length}</span>}
              </button>
            ))}
          </div>
          <div id="phone-pane" role="tabpanel" aria-labelledby={`tab-${tab}`} className={css.pane}>
            {tab === "tasks" ? (
              <TasksPane phone={phone} tasks={tasks} focused={focused} way={way} onWay={showWay} onChoose={setChosen} now={now} />
            ) : (
              <>
                {focused !== undefined && !(driver && focused.task.kind === "tow") && <TaskBanner phone={phone} shown={focused} onOpen={() => setTab("tasks")} />}
                <CampaignTurns now={now} />
                {working ? (
                  <RoutePane phone={phone} now={now} way={way} onWay={showWay} tasks={open} driver={driver} />
                ) : (
                  <StartPane phone={phone} now={now} phase={phase} driver={driver} />
                )}
              </>
            )}
          </div>
        </section>
      </main>
    </div>
  );
}

const noWay: LngLat[] = [];

function flip(id: Tab, set: (t: Tab) => void): void {
  const other = id === "route" ? "tasks" : "route";
  set(other);
  document.getElementById(`tab-${other}`)?.focus();
}

// useReceived tells that a task was received once it has been on the screen.
function useReceived(phone: Phone, open: readonly Shown[]): void {
  const told = useRef(new Set<number>());
  useEffect(() => {
    const tell = () => {
      if (document.visibilityState !== "visible") return;
      for (const { task, state } of open) {
        if (state !== "sent" || told.current.has(task.id)) continue;
        told.current.add(task.id);
        void phone.step(task.id, "received");
      }
    };
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => document.removeEventListener("visibilitychange", tell);
  }, [phone, open]);
}

// useWay finds the way from here to a place. Without an answer, or a position,
// it is a straight line: better than nothing, and drawn as dots either way.
function useWay(phone: Phone, driver: boolean): [Way | null, (to: LngLat | null) => void] {
  const [way, setWay] = useState<Way | null>(null);
  const show = (to: LngLat | null) => {
    const from = phone.at();
    if (to === null || from === null) {
      setWay(to === null ? null : { to, line: [to] });
      return;
    }
    setWay({ to, line: [from, to] });
    readWay(driver ? "car" : "foot", from, to).then(
      (r) => setWay((w) => (w?.to === to ? { to, line: r.geometry.coordinates } : w)),
      () => undefined,
    );
  };
  return [way, show];
}
