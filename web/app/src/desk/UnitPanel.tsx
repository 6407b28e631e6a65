import { useQuery } from "@tanstack/react-query";
import { Footprints, LocateFixed } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useFormat } from "../i18n/format";
import { useAlerts, useLive, useNow, usePulse, useTasks } from "../live/LiveProvider";
import { stale } from "../live/live";
import type { Moving } from "../live/units";
import type { Run, Walk } from "../live/wire";
import { moves, useDesk, useDeskStore } from "../map/desk";
import { runTrip, walkTrip, type Trip } from "../map/trip";
import button from "../parts/Button.module.css";
import { Button } from "../parts/Button";
import { Panel } from "../parts/Panel";
import { Badge, Kbd, Note, Progress } from "../parts/parts";
import { useRight } from "../session/session";
import { useKeys } from "../shell/keys";
import css from "./Desk.module.css";
import { GradeSign } from "./GradeSign";
import { subjectUnit } from "./queue";
import { desk } from "./requests";
import { kindName, useAge, whereNow, zoneName } from "./words";

// useUnit looks at a unit twice a second: it moves more often than that matters
// to who reads about it. The last that was known stays when it leaves the view.
function useUnit(id: string): Moving | null {
  const { units } = useLive();
  const [m, setM] = useState<Moving | null>(() => units.get(id) ?? null);
  useEffect(() => {
    const look = () => setM((was) => units.get(id) ?? (was?.unit.id === id ? was : null));
    look();
    const timer = setInterval(look, 500);
    return () => clearInterval(timer);
  }, [units, id]);
  return m;
}

const endedTasks = ["done", "declined", "recalled"];
const pollMs = 8000;

export function UnitPanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const age = useAge();
  const now = useNow();
  const store = useDeskStore();
  const { units } = useLive();
  const pulse = usePulse();
  const mayDog = useRight("dogs.page");
  const m = useUnit(id);
  const alerts = useAlerts().filter((a) => a.state !== "closed" && (subjectUnit(a) === id || `p${a.sent?.id}` === id));
  const tasks = useTasks().filter((x) => `p${x.person.id}` === id && !endedTasks.includes(x.state));
  const unit = m?.unit;
  if (m === null || unit === undefined)
    return (
      <Panel title={t("unit.gone")} onClose={() => store.set(moves.close)}>
        <p className={css.muted}>{t("unit.goneNote")}</p>
      </Panel>
    );
  const silent = now - m.ms;
  return (
    <Panel
      title={
        <>
          {unit.name}
          <small className={css.sub}>{[kindName(t, unit.kind), unit.team === undefined ? "" : t("unit.teamN", { team: unit.team })].filter((x) => x !== "").join(" · ")}</small>
        </>
      }
      actions={<Button look="quiet" icon={<LocateFixed />} label={t("unit.fly")} onPress={() => store.set((d) => moves.fly(d, { at: units.get(id)?.to ?? unit.at, zoom: 16 }))} />}
      onClose={() => store.set(moves.close)}
    >
      <Follow id={id} />
      {unit.kind === "dog" && mayDog && <Link href={`/dogs/${id.slice(1)}`} className={`${button.button} ${button.plain} ${button.wide}`}>{t("dog.page")}</Link>}
      {stale(pulse) ? <Note tone="warn">{t("unit.notNow")}</Note> : silent > 300_000 && <Note tone="warn">{t("unit.silent", { age: age(silent) })}</Note>}
      <dl className={css.facts}>
        {unit.kind !== "dog" && unit.duty !== undefined && (
          <>
            <dt>{t("unit.duty")}</dt>
            <dd>
              <Badge tone={unit.duty === "on" ? "brand" : "plain"}>{t(`duty.${unit.duty}`)}</Badge>
            </dd>
          </>
        )}
        <dt>{t("unit.fixed")}</dt>
        <dd>{t("unit.ago", { age: age(silent) })}</dd>
        {unit.speed_kmh !== undefined && (
          <>
            <dt>{t("unit.speed")}</dt>
            <dd>{t("spot.kmh", { speed: format.number(Math.round(unit.speed_kmh)) })}</dd>
          </>
        )}
        {unit.accuracy_m !== undefined && (
          <>
            <dt>{t("unit.accuracy")}</dt>
            <dd>±{format.distance(unit.accuracy_m)}</dd>
          </>
        )}
      </dl>
      {tasks.map((x) => (
        <div key={x.id} className={css.task}>
          <b>{t(`taskKind.${x.kind}`)}</b>
          <span>{t(`taskState.${x.state}`)}</span>
          {x.note !== "" && <p>{x.note}</p>}
        </div>
      ))}
      {alerts.length > 0 && (
        <section className={css.section}>
          <h3>{t("unit.alerts")}</h3>
          {alerts.map((a) => (
            <Button key={a.id} wide onPress={() => store.set((d) => moves.openAlert(d, whereNow(units, a)))}>
              <GradeSign grade={a.grade} size={18} /> {t(`grade.${a.grade}`)} · {zoneName(format, t, a)}
            </Button>
          ))}
        </section>
      )}
      {unit.kind === "officer" && <WalkSection person={Number(id.slice(1))} />}
      {unit.kind === "tow-truck" && <RunSection vehicle={Number(id.slice(1))} />}
    </Panel>
  );
}

// Follow keeps the map on the unit until somebody takes the map in hand.
function Follow({ id }: { id: string }) {
  const { t } = useTranslation();
  const store = useDeskStore();
  const on = useDesk((d) => d.follow === id);
  const turn = () => store.set((d) => moves.follow(d, id));
  useKeys({ F: turn });
  return (
    <Button wide icon={<Footprints />} keys="F" aria-pressed={on} onPress={turn}>
      {t(on ? "unit.unfollow" : "unit.follow")} <span aria-hidden><Kbd>F</Kbd></span>
    </Button>
  );
}

// useTrip draws a trip for as long as its section is shown.
function useTrip(trip: Trip | null): void {
  const store = useDeskStore();
  useEffect(() => {
    store.set((d) => (d.trip === trip ? d : { ...d, trip }));
  }, [store, trip]);
  useEffect(() => () => store.set((d) => ({ ...d, trip: null })), [store]);
}

function useMade<T>(from: T | undefined, make: (from: T) => Trip): Trip | null {
  const [made, setMade] = useState<Trip | null>(null);
  useEffect(() => setMade(from === undefined ? null : make(from)), [from, make]);
  return made;
}

function WalkSection({ person }: { person: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useRight("walks.read");
  const { clock } = useLive();
  const { data } = useQuery({ queryKey: ["walks"], queryFn: ({ signal }) => desk.walks(signal), enabled: may, refetchInterval: pollMs });
  const mine = data?.filter((w) => w.person.id === person);
  const walk = mine?.find((w) => Date.parse(w.from) <= clock.now() && clock.now() < Date.parse(w.to)) ?? mine?.at(-1);
  useTrip(useMade<Walk>(walk, walkTrip));
  if (walk === undefined) return data === undefined ? null : <p className={css.muted}>{t("walk.none")}</p>;
  const next = walk.stops[walk.next];
  return (
    <section className={css.section}>
      <h3>{t("walk.title")}</h3>
      <Progress label={t("walk.done", { metres: format.distance(walk.done_m) })} fraction={walk.progress} text={format.percent(walk.progress)} />
      <dl className={css.facts}>
        <dt>{t("walk.next")}</dt>
        <dd>{next === undefined ? t("walk.allDone") : `${next.n} · ${next.street || t("street.unnamed")}`}</dd>
        {next !== undefined && (
          <>
            <dt>{t("walk.eta")}</dt>
            <dd>{format.clock(next.eta)}</dd>
          </>
        )}
        <dt>{t("walk.ends")}</dt>
        <dd>{format.clock(walk.end)}</dd>
      </dl>
      <ShowWhole line={walk.line} />
    </section>
  );
}

function RunSection({ vehicle }: { vehicle: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useRight("runs.read");
  const { clock } = useLive();
  const { data } = useQuery({ queryKey: ["runs"], queryFn: ({ signal }) => desk.runs(signal), enabled: may, refetchInterval: pollMs });
  const run = data?.find((r) => r.vehicle.id === vehicle);
  useTrip(useMade<Run>(run, useState(() => (r: Run) => runTrip(r, clock.now()))[0]));
  if (run === undefined) return data === undefined ? null : <p className={css.muted}>{t("run.none")}</p>;
  return (
    <section className={css.section}>
      <h3>{t("run.title")}</h3>
      <p className={css.muted}>{t("run.driver", { name: run.driver.name })}</p>
      {run.stops.length === 0 && <p className={css.muted}>{t("run.empty")}</p>}
      <ol className={css.stops}>
        {run.stops.map((s) => (
          <li key={s.n} data-done={Date.parse(s.leave) <= clock.now()}>
            <span className={css.number} aria-hidden>{s.n}</span>
            <span>{s.kind === "site" ? format.name(s.names, s.name) || t("run.site") : t("run.job")}</span>
            <time dateTime={s.arrive}>{format.clock(s.arrive)}</time>
            <span>{t("run.load", { count: s.load })}</span>
          </li>
        ))}
      </ol>
      <ShowWhole line={run.line} />
    </section>
  );
}

function ShowWhole({ line }: { line: [number, number][] }) {
  const { t } = useTranslation();
  const store = useDeskStore();
  if (line.length < 2) return null;
  const whole = () => {
    const [xs, ys] = [line.map((p) => p[0]), line.map((p) => p[1])];
    store.set((d) => moves.fly(d, { bounds: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] }));
  };
  return <Button wide onPress={whole}>{t("walk.whole")}</Button>;
}
