import { ArrowUp, CircleCheckBig, Footprints, MapPinCheck, Navigation, SmartphoneNfc, Truck, X } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { LngLat } from "../api/types";
import { useFormat } from "../i18n/format";
import type { Run, RunStop, WalkStop } from "../live/wire";
import { Empty, Note } from "../parts/parts";
import type { Way } from "./At";
import { callFacts, CallRow, CallSign, callTitle, NextCall } from "./CallRows";
import { callGoal, callsNow, later, nextCall, skipped, type CallGoal, type CallNow } from "./calls";
import { bearing, metres } from "./ground";
import { Foot, MainButton } from "./MainButton";
import css from "./Phone.module.css";
import type { Phone } from "./phone";
import { Insecure } from "./StartPane";
import { next, type Shown } from "./tasks";
import { DoneSheet } from "./TaskSheets";
import { usePhone } from "./usePhone";
import { goal, walked, type Goal, type Track } from "./walk";
import { drivingSeconds, useWords, walkingSeconds } from "./words";

interface Props {
  phone: Phone;
  now: number;
  way: Way | null;
  onWay: (to: LngLat | null) => void;
  tasks: readonly Shown[];
  driver: boolean;
}

// RoutePane is what the day consists of: the next stop, huge, and those behind it.
export function RoutePane(p: Props) {
  const { t } = useTranslation();
  const { walk, run, fresh } = usePhone(p.phone);
  if (p.driver ? run !== null : walk === null && run !== null) return <RunPane {...p} run={run} />;
  if (walk !== null) return <WalkPane {...p} walk={walk} />;
  return (
    <div className={css.scroll} tabIndex={0}>
      <Signs phone={p.phone} />
      <Empty icon={p.driver ? <Truck /> : <Footprints />} title={t(p.driver ? "phone.run.none" : "phone.walk.none")}>
        <p>{t(fresh ? (p.driver ? "phone.run.noneNote" : "phone.walk.noneNote") : "phone.walk.unknown")}</p>
      </Empty>
    </div>
  );
}

function WalkPane({ phone, walk, way, onWay, now }: Props & { walk: Track }) {
  const { t } = useTranslation();
  const words = useWords();
  const reason = useReason();
  const { done, place, called } = usePhone(phone);
  const at = place?.at ?? null;
  const calls = callsNow(walk, called, at, now);
  const street = goal(walk, done, at);
  const due = callGoal(walk, calls, street, done, at);
  const next = nextCall(calls, done, at);
  const share = walked(walk, done);
  // The way that is shown stays while it leads to what is next, or to a call.
  const to = next !== null && way !== null && near(way.to, next.call.at) ? next.call.at : due !== null ? due.call.call.at : street?.on === true ? null : (street?.stop.at ?? null);
  useSteady(way, to, onWay);
  const made = calls.filter((c) => c.state === "seen" || c.state === "missed");
  const passed = calls.filter((c) => skipped(c, done, at) && c.call !== due?.call.call && c.call !== next?.call);
  const bar = (
    <Bar
      share={share}
      text={t("phone.walk.share", { share: words.percent(share) }) + (calls.length === 0 ? "" : ` · ${t("phone.call.count", { count: calls.filter((c) => c.state === "seen").length, of: calls.length })}`)}
    />
  );
  if (street === null && due === null)
    return (
      <div className={css.scroll} tabIndex={0}>
        <Signs phone={phone} />
        <Empty icon={<CircleCheckBig />} title={t("phone.walk.finished")}>
          <p>{t("phone.walk.finishedNote")}</p>
        </Empty>
        <Calls title={t("phone.call.made")} calls={made} />
      </div>
    );
  const shown = way !== null && next !== null && near(way.to, next.call.at);
  return (
    <>
      <div className={css.scroll} tabIndex={0}>
        <Signs phone={phone} />
        {due !== null ? <HugeCall goal={due} now={now} /> : street !== null && <HugeStreet goal={street} />}
        {bar}
        {due === null && next !== null && <NextCall call={next} done={done} at={at} now={now} shown={shown} onWay={() => onWay(shown ? null : next.call.at)} />}
        <Calls title={t("phone.call.passed")} calls={passed} />
        <ol className={css.stops} aria-label={t("phone.walk.then")}>
          {later(walk, calls, street, done, at, due)
            .slice(0, 30)
            .map((i) =>
              i.call !== undefined ? (
                <CallRow key={`call ${i.call.call.n}`} call={i.call} />
              ) : (
                <li key={i.street.stop.n}>
                  <span className={css.n}>{i.street.stop.n}</span>
                  <span className={css.what}>
                    {i.street.stop.street === "" ? t("phone.walk.nameless") : i.street.stop.street}
                    {i.street.stop.reason.length > 0 && <small>{reason(i.street.stop)}</small>}
                  </span>
                  <span className={css.far}>{words.distance(i.street.stop.metres)}</span>
                  <span className={css.when}>{words.clock(Date.parse(i.street.stop.eta))}</span>
                </li>
              ),
            )}
        </ol>
        <Calls title={t("phone.call.made")} calls={made} />
      </div>
      <Foot>
        {due !== null && (due.call.state === "staying" || (at !== null && due.distance === null)) ? (
          <MainButton why={t(due.call.state === "staying" ? "phone.call.goOn" : "phone.call.wait", { time: words.clock(due.call.opens) })} onPress={() => undefined}>
            {null}
          </MainButton>
        ) : (
          <WayButton to={due !== null ? due.call.call.at : street === null || street.on ? null : street.stop.at} way={shown && due === null ? null : way} onWay={onWay} on={due === null && street?.on === true} />
        )}
      </Foot>
    </>
  );
}

// near says that two places are the same, however they were written.
const near = (a: LngLat, b: LngLat): boolean => metres(a, b) < 5;

function Calls({ title, calls }: { title: string; calls: readonly CallNow[] }) {
  if (calls.length === 0) return null;
  return (
    <>
      <h2 className={css.label}>{title}</h2>
      <ol className={css.stops} aria-label={title}>
        {calls.map((c) => (
          <CallRow key={c.call.n} call={c} />
        ))}
      </ol>
    </>
  );
}

// useReason says by which keys a stop is where it is in its walk.
function useReason(): (s: WalkStop) => string {
  const format = useFormat();
  return (s) => s.reason.map((n) => format.name(n)).join(" · ");
}

function HugeStreet({ goal: g }: { goal: Goal }) {
  const { t } = useTranslation();
  const words = useWords();
  const reason = useReason();
  const facts = g.on
    ? t("phone.walk.left", { left: words.distance(g.left), all: words.distance(g.stop.metres) })
    : g.distance === null
      ? t("phone.walk.planned", { time: words.clock(Date.parse(g.stop.eta)) })
      : `${words.distance(g.distance)} · ${words.duration(walkingSeconds(g.distance))}`;
  return (
    <Huge
      label={t(g.on ? "phone.walk.on" : "phone.walk.next")}
      title={g.stop.street === "" ? t("phone.walk.nameless") : g.stop.street}
      direction={g.direction}
      facts={facts}
      more={[g.on ? "" : t("phone.walk.toWalk", { all: words.distance(g.stop.metres), time: words.clock(Date.parse(g.stop.eta)) }), reason(g.stop)].filter((s) => s !== "").join(" · ") || null}
    />
  );
}

// HugeCall is a call that is to be made now: how far, from when, and how long one stays.
function HugeCall({ goal: g, now }: { goal: CallGoal; now: number }) {
  const { t } = useTranslation();
  const words = useWords();
  const { call } = g;
  const staying = call.state === "staying" && call.until !== null;
  const here = g.distance === null && g.direction === null;
  const facts = staying
    ? t("phone.call.until", { time: words.clock(call.until ?? 0), left: words.left((call.until ?? 0) - now) })
    : call.state === "early"
      ? [g.distance === null ? "" : words.distance(g.distance), t("phone.call.opensIn", { left: words.left(call.opens - now) })].filter((s) => s !== "").join(" · ")
      : g.distance === null
        ? t("phone.walk.planned", { time: words.clock(Date.parse(call.call.eta)) })
        : `${words.distance(g.distance)} · ${words.duration(walkingSeconds(g.distance))}`;
  return (
    <Huge
      sign={here ? <CallSign call={call} next /> : undefined}
      label={t(staying ? "phone.call.here" : "phone.call.goal", { n: call.call.n })}
      title={callTitle(call, words)}
      direction={g.direction}
      facts={facts}
      more={callFacts(call, t, words)}
    />
  );
}

// useSteady takes the shown way away once its place is no longer the next one.
function useSteady(way: Way | null, to: LngLat | null, onWay: (to: LngLat | null) => void): void {
  const stays = way === null || to === null ? way === null : true;
  useEffect(() => {
    if (!stays) onWay(null);
  }, [stays, onWay]);
}

function WayButton({ to, way, onWay, on }: { to: LngLat | null; way: Way | null; onWay: (to: LngLat | null) => void; on: boolean }) {
  const { t } = useTranslation();
  if (on || to === null) return <MainButton why={t("phone.walk.goOn")} onPress={() => undefined}>{null}</MainButton>;
  const shown = way !== null;
  return (
    <MainButton icon={shown ? <X aria-hidden /> : <Navigation aria-hidden />} onPress={() => onWay(shown ? null : to)}>
      {t(shown ? "phone.hideWay" : "phone.showWay")}
    </MainButton>
  );
}

function RunPane({ phone, run, way, onWay, tasks, now }: Props & { run: Run | null }) {
  const { t } = useTranslation();
  const words = useWords();
  const { place } = usePhone(phone);
  const [finishing, setFinishing] = useState<Shown | null>(null);
  const stops = run?.stops ?? [];
  const [first] = stops;
  const task = tasks.find((s) => s.task.id === first?.task);
  if (run === null || first === undefined)
    return (
      <div className={css.scroll} tabIndex={0}>
        <Signs phone={phone} />
        <Empty icon={<Truck />} title={t("phone.run.empty")}>
          <p>{t("phone.run.emptyNote")}</p>
        </Empty>
      </div>
    );
  // A job without a street is known by what the desk wrote about it.
  const name = (s: RunStop) => {
    const note = tasks.find((k) => k.task.id === s.task)?.task.note ?? "";
    const called = words.name(s.names, s.name);
    return called !== "" ? called : s.kind === "site" ? t("phone.run.pound") : note !== "" && note.length <= 60 ? note : t("phone.run.job");
  };
  const away = place === null ? null : metres(place.at, first.at);
  const step = task === undefined ? null : next(task.state);
  const facts = away === null ? t("phone.walk.planned", { time: words.clock(Date.parse(first.arrive)) }) : `${words.distance(away)} · ${words.duration(drivingSeconds(away))}`;
  return (
    <>
      <div className={css.scroll} tabIndex={0}>
        <Signs phone={phone} />
        <Huge
          label={t(first.kind === "site" ? "phone.run.nextSite" : "phone.run.nextJob")}
          title={name(first)}
          direction={place === null ? null : bearing(place.at, first.at)}
          facts={facts}
          more={t("phone.run.plate", { plate: run.vehicle.plate, count: loadNow(run, first) })}
        />
        {task !== undefined && task.task.note !== "" && task.task.note !== name(first) && <p className={css.note}>{task.task.note}</p>}
        <ol className={css.stops} aria-label={t("phone.walk.then")}>
          {stops.slice(1).map((s) => (
            <li key={`${s.n}-${s.task ?? 0}`}>
              <span className={css.n} data-kind={s.kind}>{s.n}</span>
              <span className={css.what}>{name(s)}</span>
              <span className={css.far}>{t("phone.run.load", { count: s.load })}</span>
              <span className={css.when}>{words.clock(Math.max(now, Date.parse(s.arrive)))}</span>
            </li>
          ))}
        </ol>
      </div>
      <Foot>
        {task !== undefined && step !== null ? (
          <>
            <MainButton icon={step === "arrived" ? <MapPinCheck aria-hidden /> : <CircleCheckBig aria-hidden />} onPress={() => (step === "done" ? setFinishing(task) : void phone.step(task.task.id, step))}>
              {t(step === "done" ? "phone.run.loaded" : "phone.act.arrived")}
            </MainButton>
            <button type="button" className={css.side} onClick={() => onWay(way === null ? first.at : null)} aria-label={t(way === null ? "phone.showWay" : "phone.hideWay")}>
              {way === null ? <Navigation aria-hidden /> : <X aria-hidden />}
            </button>
          </>
        ) : (
          <WayButton to={first.at} way={way} onWay={onWay} on={false} />
        )}
      </Foot>
      <DoneSheet phone={phone} shown={finishing} onClose={() => setFinishing(null)} />
    </>
  );
}

// loadNow is what is on the truck before the next stop: a job adds one to it, a
// pound takes all.
function loadNow(run: Run, first: RunStop): number {
  if (first.kind === "job") return Math.max(0, first.load - 1);
  const jobs = run.stops.findIndex((s) => s.kind === "site");
  return jobs < 0 ? 0 : Math.max(first.load, 0);
}

interface HugeProps {
  sign?: ReactNode; // in the place of the arrow
  label: string;
  title: string;
  direction: number | null; // degrees from north
  facts: string;
  more: string | null;
}

// Huge is what must be readable at arm's length in the sun.
export function Huge({ sign, label, title, direction, facts, more }: HugeProps) {
  const words = useWords();
  return (
    <div className={css.huge} aria-live="polite">
      {sign ?? <Arrow direction={direction} />}
      <div>
        <p className={css.label}>{label}</p>
        <h1>{title}</h1>
        <p className={css.factline}>
          {facts}
          {direction !== null && <> · {words.direction(direction)}</>}
        </p>
        {more !== null && <p className={css.small}>{more}</p>}
      </div>
    </div>
  );
}

export function Arrow({ direction, small }: { direction: number | null; small?: boolean }) {
  if (direction === null) return <span className={css.arrow} data-small={small} data-none aria-hidden><Footprints /></span>;
  return (
    <span className={css.arrow} data-small={small} aria-hidden>
      <ArrowUp style={{ transform: `rotate(${Math.round(direction)}deg)` }} />
    </span>
  );
}

function Bar({ share, text }: { share: number; text: string }) {
  return (
    <div className={css.progress}>
      <span className={css.track} role="progressbar" aria-label={text} aria-valuenow={Math.round(share * 100)} aria-valuemin={0} aria-valuemax={100}>
        <span style={{ width: `${(share * 100).toFixed(1)}%` }} />
      </span>
      <span>{text}</span>
    </div>
  );
}

// Signs say what keeps positions from being taken, or the screen from staying on.
function Signs({ phone }: { phone: Phone }): ReactNode {
  const { t } = useTranslation();
  const { gps, awake, alone, sharing, place } = usePhone(phone);
  if (!alone) return <Note tone="warn">{t("phone.otherTab")}</Note>;
  if (!sharing) return null;
  if (gps === "insecure") return <Insecure />;
  if (gps !== null) return <Note tone="bad">{t(`phone.gps.${gps}`)}</Note>;
  if (place === null) return <Note>{t("phone.gps.waiting")}</Note>;
  if (!awake)
    return (
      <p className={css.hint}>
        <SmartphoneNfc aria-hidden /> {t("phone.screenOff")}
      </p>
    );
  return null;
}
