import { useVirtualizer } from "@tanstack/react-virtual";
import { Bell, BellOff, CheckCheck, ChevronDown, ChevronRight, ShieldCheck, Waves } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { useAlerts, useLive, useNow, usePulse } from "../live/LiveProvider";
import { stale } from "../live/live";
import type { Alert } from "../live/wire";
import { moves, useDesk, useDeskStore } from "../map/desk";
import { Button } from "../parts/Button";
import { Bones, Empty, Segments } from "../parts/parts";
import { useRight } from "../session/session";
import { useKeys } from "../shell/keys";
import { useActions } from "./actions";
import css from "./Desk.module.css";
import { GradeSign } from "./GradeSign";
import { after, below, count, isFlood, many, news, over, rows, step, within, type Group, type Grouping, type Row } from "./queue";
import { isMuted, mute } from "./tone";
import { placeName, subjectName, useAge, whereNow, zoneName } from "./words";

const rowHeight = { group: 34, alert: 66 } as const;

// AlertQueue is the work: what stands on top needs somebody first.
export function AlertQueue() {
  const { t } = useTranslation();
  const store = useDeskStore();
  const alerts = useAlerts();
  const unfolded = useDesk((d) => d.queue);
  const [by, setBy] = useState<Grouping>("none");
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const flood = useFlood(alerts);
  const counts = count(alerts);
  const grouping = flood.on ? "zone" : counts.all >= many ? by : "none";
  const list = useMemo(() => rows(alerts, grouping, turned, flood.on), [alerts, grouping, turned, flood.on]);
  const fold = (key: string) =>
    setTurned((was) => {
      const next = new Set(was);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  // What was folded in a flood or by another order means nothing in the next.
  useEffect(() => setTurned(new Set()), [grouping, flood.on]);
  useQueueKeys(list, fold);
  return (
    <section className={css.queue} data-folded={!unfolded} aria-label={t("alert.queue")}>
      <header className={css.queueHead}>
        <button type="button" className={css.fold} aria-expanded={unfolded} onClick={() => store.set((d) => ({ ...d, queue: !d.queue }))}>
          {unfolded ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
          <h2>{t("alert.queue")}</h2>
          {counts.all > 0 && (
            <span className={css.count} data-grade={counts.worst ?? "none"}>
              {counts.open} / {counts.all}
            </span>
          )}
        </button>
        <Mute />
      </header>
      {flood.on && <FloodNote count={flood.count} onEnd={flood.end} />}
      {unfolded && !flood.on && counts.all >= many && (
        <div className={css.grouping}>
          <Segments
            label={t("alert.groupBy")}
            value={by}
            onChange={setBy}
            choices={[
              { id: "none", text: t("alert.byUrgency") },
              { id: "zone", text: t("alert.byZone") },
              { id: "subject", text: t("alert.byDog") },
            ]}
          />
        </div>
      )}
      {unfolded && <Lines list={list} onFold={fold} />}
    </section>
  );
}

// useFlood is whether more comes in than one person can take one by one. Who
// says that they want it one by one all the same has it so until the flood is over.
function useFlood(alerts: readonly Alert[]) {
  const store = useDeskStore();
  const on = useDesk((d) => d.flood);
  const [off, setOff] = useState(false);
  const amount = news(alerts, useNow(5000));
  useEffect(() => {
    const flood = isFlood(amount, store.get().flood);
    if (flood !== store.get().flood) store.set((d) => ({ ...d, flood }));
    if (!flood) setOff(false);
  }, [amount, store]);
  return { on: on && !off, count: amount, end: () => setOff(true) };
}

function FloodNote({ count: amount, onEnd }: { count: number; onEnd: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={css.flood} role="status">
      <Waves aria-hidden />
      <p>
        <b>{t("alert.flood", { count: amount })}</b> {t("alert.floodNote")}
      </p>
      <Button look="quiet" onPress={onEnd}>{t("alert.oneByOne")}</Button>
    </div>
  );
}

function Mute() {
  const { t } = useTranslation();
  const [quiet, setQuiet] = useState(isMuted);
  const turn = () => {
    mute(!quiet);
    setQuiet(!quiet);
  };
  return <Button look="quiet" icon={quiet ? <BellOff /> : <Bell />} label={t(quiet ? "alert.unmute" : "alert.mute")} aria-pressed={quiet} onPress={turn} />;
}

function useQueueKeys(list: readonly Row[], fold: (key: string) => void): void {
  const store = useDeskStore();
  const actions = useActions();
  const { units } = useLive();
  const mayHandle = useRight("alerts.handle");
  const marked = () => list.flatMap((r) => (r.kind === "alert" && r.alert.id === store.get().alert ? [r.alert] : [])).at(0);
  const go = (by: 1 | -1) => () => {
    const group = store.get().flood ? below(list, store.get().alert, by) : null;
    const next = group === null ? step(list, store.get().alert, by) : (group.alerts.at(by > 0 ? 0 : -1) ?? null);
    if (next === null) return;
    if (group !== null) {
      fold(group.key);
      const inner = within(group, next);
      if (inner !== null) fold(inner);
    }
    store.set((d) => ({ ...moves.markAlert(d, next.id), queue: true }));
  };
  const handle = (act: (a: Alert) => void) => () => {
    const a = marked();
    if (a !== undefined && mayHandle) act(a);
  };
  useKeys({
    J: go(1),
    K: go(-1),
    Enter: (e) => {
      // A button under the focus keeps its Enter.
      if (e.target instanceof HTMLElement && e.target.closest("button, a, [role=option]") !== null && e.target.dataset.alert === undefined) return;
      const a = marked();
      if (a !== undefined) store.set((d) => moves.openAlert(d, whereNow(units, a)));
    },
    A: handle((a) => {
      if (a.state === "open") void actions.ack(a);
    }),
    D: handle((a) => void actions.sendFirst(a)),
    C: handle((a) => store.set((d) => ({ ...moves.openAlert(d, a), flight: d.flight, form: "close" }))),
  });
  // When what was marked leaves the queue the mark goes to what stood after it.
  const before = useRef(list);
  useEffect(() => {
    const { alert, card } = store.get();
    const had = (rowsOf: readonly Row[]) => rowsOf.some((r) => r.kind === "alert" && r.alert.id === alert);
    if (alert !== null && card !== "alert" && !had(list) && had(before.current)) store.set((d) => moves.markAlert(d, after(before.current, alert)));
    before.current = list;
  }, [list, store]);
}

function Lines({ list, onFold }: { list: readonly Row[]; onFold: (key: string) => void }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const chosen = useDesk((d) => d.alert);
  const pulse = usePulse();
  const now = useNow();
  const virtual = useVirtualizer({
    count: list.length,
    getScrollElement: () => box.current,
    estimateSize: (i) => rowHeight[list[i]?.kind ?? "alert"],
    getItemKey: (i) => list[i]?.key ?? i,
    overscan: 6,
  });
  const at = list.findIndex((r) => r.kind === "alert" && r.alert.id === chosen);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  }, [at, virtual]);
  if (list.length === 0)
    return stale(pulse) ? (
      <div className={css.pad}>
        <Bones lines={3} />
      </div>
    ) : (
      <Empty icon={<ShieldCheck />} title={t("alert.none")}>
        <p>{t("alert.noneNote")}</p>
      </Empty>
    );
  return (
    <div ref={box} className={css.lines}>
      <ul style={{ height: virtual.getTotalSize() }} aria-label={t("alert.queue")}>
        {virtual.getVirtualItems().map((item) => {
          const row = list[item.index];
          if (row === undefined) return null;
          return (
            <li key={item.key} style={{ height: item.size, transform: `translateY(${item.start}px)` }}>
              {row.kind === "group" ? <GroupLine group={row.group} folded={row.folded} within={row.within} onFold={() => onFold(row.key)} /> : <AlertLine alert={row.alert} now={now} chosen={row.alert.id === chosen} />}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function GroupLine({ group, folded, within, onFold }: { group: Group; folded: boolean; within: boolean; onFold: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = { over: () => t("alert.over"), zone: () => zoneName(format, t, group.first), subject: () => subjectName(t, group.first.subject) }[group.of]();
  return (
    <div className={css.group} data-within={within}>
      <button type="button" aria-expanded={!folded} onClick={onFold}>
        {folded ? <ChevronRight aria-hidden /> : <ChevronDown aria-hidden />}
        {folded && group.of !== "over" && <GradeSign grade={group.first.grade} size={16} />}
        <span>{name}</span>
        <b>{group.alerts.length}</b>
      </button>
      {group.of !== "over" && <AckAll alerts={group.alerts} name={name} />}
    </div>
  );
}

// AckAll says of a whole group that somebody looks after it: one by one on the
// server, for each is a line of its own in the log.
function AckAll({ alerts, name }: { alerts: readonly Alert[]; name: string }) {
  const { t } = useTranslation();
  const { ackAll } = useActions();
  const mayHandle = useRight("alerts.handle");
  const [busy, setBusy] = useState(false);
  const open = alerts.filter((a) => a.state === "open");
  if (!mayHandle || open.length < 2) return null;
  const run = async () => {
    setBusy(true);
    await ackAll(open);
    setBusy(false);
  };
  return <Button look="quiet" icon={<CheckCheck />} label={t("alert.ackAll", { count: open.length, name })} isPending={busy} onPress={() => void run()} />;
}

function AlertLine({ alert: a, now, chosen }: { alert: Alert; now: number; chosen: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const age = useAge();
  const store = useDeskStore();
  const { units } = useLive();
  return (
    <button
      type="button"
      className={css.line}
      data-alert={a.id}
      data-grade={a.grade}
      data-over={over(a)}
      aria-current={chosen}
      onClick={() => store.set((d) => moves.openAlert(d, whereNow(units, a)))}
    >
      <GradeSign grade={a.grade} />
      <span className={css.what}>
        <span className={css.top}>
          <b data-grade={a.grade}>{t(`grade.${a.grade}`)}</b>
          <time dateTime={a.began}>{age(now - Date.parse(a.began))}</time>
        </span>
        <span className={css.name}>{subjectName(t, a.subject)}</span>
        <span className={css.where}>
          <span>{placeName(format, t, a)}</span>
          <StateWord alert={a} />
        </span>
      </span>
    </button>
  );
}

// StateWord says how far it has come, in few words.
export function StateWord({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const text =
    a.arrived !== null && a.sent !== null
      ? t("alert.there", { name: a.sent.name })
      : a.state === "dispatched" && a.sent !== null
        ? t("alert.onWay", { name: a.sent.name })
        : a.withdrawn
          ? t("alert.withdrawn")
          : a.ended !== null
            ? t("alert.left")
            : a.state === "acknowledged"
              ? t("alertState.acknowledged")
              : "";
  return text === "" ? null : <em className={css.state} data-state={a.state}>{text}</em>;
}
