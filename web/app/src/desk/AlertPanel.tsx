import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { LocateFixed, Rewind, Send } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useFormat } from "../i18n/format";
import { useAlerts, useLive, useNow } from "../live/LiveProvider";
import { outcomes, type Alert, type AlertStep, type Candidate, type Outcome } from "../live/wire";
import { moves, useDesk, useDeskStore } from "../map/desk";
import button from "../parts/Button.module.css";
import { Button } from "../parts/Button";
import { Choice, Field } from "../parts/Field";
import { Panel } from "../parts/Panel";
import { around } from "../past/moment";
import { Bones, Kbd, Note, Trouble } from "../parts/parts";
import { useRight } from "../session/session";
import { useKeys } from "../shell/keys";
import { nearestKey, useActions } from "./actions";
import css from "./Desk.module.css";
import { AlertTrack } from "./AlertTrack";
import { GradeSign } from "./GradeSign";
import { OwnerContact } from "./OwnerContact";
import { over, subjectUnit } from "./queue";
import { desk } from "./requests";
import { placeName, subjectName, useAge, whereNow } from "./words";

export function AlertPanel() {
  const id = useDesk((d) => d.alert);
  const alert = useAlerts().find((a) => a.id === id);
  return alert === undefined ? null : <Open key={alert.id} alert={alert} />;
}

// Open is all about one alert: what, where, since when, how sure; who can go;
// what was done.
function Open({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDeskStore();
  const actions = useActions();
  const { units, clock } = useLive();
  const mayPast = useRight("tracks.read");
  const form = useDesk((d) => d.form);
  const mayHandle = useRight("alerts.handle");
  const mayDog = useRight("dogs.page");
  const setForm = (next: "close" | "note" | null) => store.set((d) => ({ ...d, form: next }));
  const [busy, setBusy] = useState<string | null>(null);
  const run = async (name: string, act: Promise<boolean>) => {
    setBusy(name);
    const ok = await act;
    setBusy(null);
    return ok;
  };
  useEffect(() => () => store.set((d) => (d.form === null ? d : { ...d, form: null })), [store, a.id]);
  useKeys(mayHandle && a.state !== "closed" ? { N: () => setForm("note") } : {});
  const closed = a.state === "closed";
  return (
    <Panel
      title={
        <span className={css.title}>
          <GradeSign grade={a.grade} size={26} />
          <span>
            {subjectName(t, a.subject)}
            <small>{placeName(format, t, a)}</small>
          </span>
        </span>
      }
      actions={<Button look="quiet" icon={<LocateFixed />} label={t("alert.fly")} keys="Enter" onPress={() => store.set((d) => moves.openAlert(d, whereNow(units, a)))} />}
      onClose={() => store.set(moves.close)}
    >
      <Since alert={a} />
      {mayHandle && !closed && (
        <div className={css.actions}>
          <Button
            keys="A"
            why={a.state === "open" ? undefined : t("alert.ackedAlready")}
            isPending={busy === "ack"}
            onPress={() => void run("ack", actions.ack(a))}
          >
            {t("alert.ack")} <span aria-hidden><Kbd>A</Kbd></span>
          </Button>
          <Button keys="N" onPress={() => setForm("note")}>
            {t("alert.note")} <span aria-hidden><Kbd>N</Kbd></span>
          </Button>
          <Button keys="C" onPress={() => setForm("close")}>
            {t("alert.close")} <span aria-hidden><Kbd>C</Kbd></span>
          </Button>
        </div>
      )}
      {form === "close" && !closed && (
        <CloseForm
          pending={busy === "close"}
          onCancel={() => setForm(null)}
          onClose={async (outcome, note) => {
            if (await run("close", actions.close(a, outcome, note))) setForm(null);
          }}
        />
      )}
      {form === "note" && !closed && (
        <NoteForm
          pending={busy === "note"}
          onCancel={() => setForm(null)}
          onNote={async (text) => {
            if (await run("note", actions.note(a, text))) setForm(null);
          }}
        />
      )}
      {!closed && <WhoCanGo alert={a} mayHandle={mayHandle} />}
      {a.subject.class === "dog" && a.subject.id > 0 && mayDog && <Link href={`/dogs/${a.subject.id}`} className={`${button.button} ${button.plain} ${button.wide}`}>{t("dog.page")}</Link>}
      {a.subject.class === "dog" && <OwnerContact alert={a} />}
      <AlertTrack key={a.id} alert={a} />
      <History alert={a} />
      {mayPast && (
        <Button wide icon={<Rewind />} onPress={() => store.set((d) => moves.askPast(d, around(Date.parse(a.began), clock.now())))}>
          {t("past.alert")}
        </Button>
      )}
    </Panel>
  );
}

function Since({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const format = useFormat();
  const age = useAge();
  const now = useNow();
  const { units } = useLive();
  const seen = Math.max(Date.parse(a.seen), units.get(subjectUnit(a))?.ms ?? 0);
  const end = a.ended === null ? now : Date.parse(a.ended);
  return (
    <div className={css.since} data-grade={a.grade}>
      <p>
        <b data-grade={a.grade}>{t(`grade.${a.grade}`)}</b>
        <span>{age(end - Date.parse(a.began))}</span>
        <span>{t(`alertState.${a.state}`)}</span>
      </p>
      <p>{t(`gradeWhy.${a.grade}`)}</p>
      <dl className={css.facts}>
        <dt>{t("alert.began")}</dt>
        <dd>{format.clock(a.began)}</dd>
        <dt>{t(a.ended === null ? "alert.seen" : "alert.ended")}</dt>
        <dd>{a.ended === null ? t("unit.ago", { age: age(now - seen) }) : format.clock(a.ended)}</dd>
        {a.grid !== null && (
          <>
            <dt>{t("alert.grid")}</dt>
            <dd>{[a.grid.code, format.name(a.grid.name)].filter((x) => x !== "").join(" · ")}</dd>
          </>
        )}
        {a.sent !== null && (
          <>
            <dt>{t("alert.sentWho")}</dt>
            <dd>{a.arrived === null ? a.sent.name : t("alert.there", { name: a.sent.name })}</dd>
          </>
        )}
        {a.outcome !== "" && (
          <>
            <dt>{t("alert.outcome")}</dt>
            <dd>{t(`outcome.${a.outcome}`)}</dd>
          </>
        )}
      </dl>
      {a.withdrawn && <Note>{t("alert.withdrawnNote")}</Note>}
      {over(a) && !a.withdrawn && a.state !== "closed" && <Note>{t("alert.leftNote")}</Note>}
    </div>
  );
}

const none: readonly Candidate[] = [];

// WhoCanGo names the nearest three by road, with what speaks for and against them.
function WhoCanGo({ alert: a, mayHandle }: { alert: Alert; mayHandle: boolean }) {
  const { t } = useTranslation();
  const store = useDeskStore();
  const actions = useActions();
  const [sending, setSending] = useState<number | null>(null);
  const near = useQuery({
    queryKey: nearestKey(a.id),
    queryFn: ({ signal }) => desk.nearest(a.id, signal),
    enabled: mayHandle,
    refetchInterval: 15_000,
    staleTime: 5000,
    placeholderData: keepPreviousData,
  });
  const candidates = near.data?.candidates ?? none;
  const list = candidates.slice(0, 3);
  const send = async (c: Candidate | undefined) => {
    if (c === undefined || sending !== null || c.person.id === a.sent?.id) return;
    setSending(c.person.id);
    await actions.send(a, c);
    setSending(null);
  };
  useKeys(mayHandle ? { "1": () => void send(list[0]), "2": () => void send(list[1]), "3": () => void send(list[2]) } : {});
  // Their numbers stand on the map too.
  const numbered = list.map((c) => `p${c.person.id}`).join();
  useEffect(() => {
    store.set((d) => ({ ...d, going: numbered === "" ? [] : numbered.split(",") }));
    return () => store.set((d) => ({ ...d, going: [] }));
  }, [store, numbered]);
  if (!mayHandle) return null;
  return (
    <section className={css.section}>
      <h3>{t("going.title")}</h3>
      {near.isPending && <Bones lines={3} />}
      {near.isError && near.data === undefined && <Trouble error={near.error} retry={<Button onPress={() => void near.refetch()}>{t("link.retry")}</Button>} />}
      {near.data !== undefined && list.length === 0 && <Note tone="warn">{t("alert.nobody")}</Note>}
      <ol className={css.candidates}>
        {list.map((c, i) => (
          <CandidateLine key={c.person.id} candidate={c} n={i + 1} sent={a.sent?.id === c.person.id} pending={sending === c.person.id} onSend={() => void send(c)} />
        ))}
      </ol>
      {(near.data?.others.length ?? 0) > 0 && (
        <details className={css.others}>
          <summary>{t("going.others", { count: near.data?.others.length ?? 0 })}</summary>
          <ul>
            {near.data?.others.slice(0, 30).map((o) => (
              <li key={o.person.id}>
                <span>{o.person.name}</span>
                <span>{t(`why.${o.why}`)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

// Who comes by a profile of the bureau's own comes by car.
function by(profile: string): "foot" | "e-bike" | "boat" | "car" {
  return profile === "foot" || profile === "e-bike" || profile === "boat" ? profile : "car";
}

function CandidateLine({ candidate: c, n, sent, pending, onSend }: { candidate: Candidate; n: number; sent: boolean; pending: boolean; onSend: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const age = useAge();
  const reasons = [
    `${format.distance(c.distance_m)} ${t(`going.${by(c.by)}`)}`,
    c.own_grid ? t("going.ownGrid") : "",
    c.open > 0 ? t("going.open", { count: c.open }) : "",
    c.age_s > 120 ? t("unit.ago", { age: age(c.age_s * 1000) }) : "",
  ].filter((x) => x !== "");
  return (
    <li className={css.candidate} data-sent={sent}>
      <span className={css.number} aria-hidden>{n}</span>
      <span className={css.who}>
        <b>{c.person.name}</b>
        <span>{reasons.join(" · ")}</span>
      </span>
      <span className={css.minutes}>{format.duration(c.minutes * 60)}</span>
      <Button look={n === 1 ? "main" : "plain"} icon={<Send />} keys={String(n)} why={sent ? t("going.sentAlready") : undefined} isPending={pending} onPress={onSend} aria-label={t("going.sendWho", { name: c.person.name })}>
        {t(sent ? "going.sent" : "going.send")}
      </Button>
    </li>
  );
}

function Form({ children, onSubmit }: { children: ReactNode; onSubmit: () => void }) {
  return (
    <form
      className={css.form}
      onSubmit={(e) => {
        e.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}

function CloseForm({ pending, onClose, onCancel }: { pending: boolean; onClose: (o: Outcome, note: string) => Promise<void>; onCancel: () => void }) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<Outcome>("handled");
  const [note, setNote] = useState("");
  return (
    <Form onSubmit={() => void onClose(outcome, note)}>
      <Choice label={t("alert.outcome")} value={outcome} onChange={setOutcome} choices={outcomes.map((o) => ({ id: o, text: t(`outcome.${o}`), note: t(`outcomeNote.${o}`) }))} />
      <Field label={t("alert.closeNote")} value={note} onChange={setNote} maxLength={1000} autoFocus />
      <div className={css.actions}>
        <Button look="main" type="submit" isPending={pending}>{t("alert.closeNow")}</Button>
        <Button onPress={onCancel}>{t("parts.cancel")}</Button>
      </div>
    </Form>
  );
}

function NoteForm({ pending, onNote, onCancel }: { pending: boolean; onNote: (text: string) => Promise<void>; onCancel: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  return (
    <Form onSubmit={() => { if (text.trim() !== "") void onNote(text.trim()); }}>
      <Field label={t("alert.noteText")} value={text} onChange={setText} maxLength={1000} autoFocus />
      <div className={css.actions}>
        <Button look="main" type="submit" isPending={pending} why={text.trim() === "" ? t("alert.noteEmpty") : undefined}>{t("alert.noteSave")}</Button>
        <Button onPress={onCancel}>{t("parts.cancel")}</Button>
      </div>
    </Form>
  );
}

function History({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const format = useFormat();
  const what = (s: AlertStep) => t(`alertVerb.${s.verb}`, { who: s.who?.name ?? t("alert.program"), to: s.to?.name ?? "" });
  return (
    <section className={css.section}>
      <h3>{t("alert.history")}</h3>
      <ol className={css.history}>
        {[...a.history].reverse().map((s, i) => (
          <li key={`${s.at}${i}`} data-verb={s.verb}>
            <time dateTime={s.at}>{format.clock(s.at)}</time>
            <span>
              {what(s)}
              {s.note !== "" && s.who !== null && <q>{s.note}</q>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
