import { Bell, CircleCheckBig, ClipboardCheck, Dog, MapPinCheck, Navigation, PhoneOff, Truck, Undo2, X } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { LngLat } from "../api/types";
import { useFormat } from "../i18n/format";
import type { Grade, Task } from "../live/wire";
import { Badge, Empty } from "../parts/parts";
import type { Way } from "./At";
import { bearing, metres } from "./ground";
import { Foot, MainButton } from "./MainButton";
import css from "./Phone.module.css";
import type { Phone } from "./phone";
import { Arrow } from "./RoutePane";
import { isOpen, next, type Shown } from "./tasks";
import { DeclineSheet, DoneSheet } from "./TaskSheets";
import { usePhone } from "./usePhone";
import { useWords } from "./words";

interface Props {
  phone: Phone;
  tasks: readonly Shown[];
  focused: Shown | undefined;
  way: Way | null;
  onWay: (to: LngLat | null) => void;
  onChoose: (task: number) => void;
  now: number;
}

// TasksPane lists what one was sent to do; the one in focus has the big button.
export function TasksPane({ phone, tasks, focused, way, onWay, onChoose, now }: Props) {
  const { t } = useTranslation();
  const [finishing, setFinishing] = useState<Shown | null>(null);
  const [declining, setDeclining] = useState<Shown | null>(null);
  const step = focused === undefined ? null : next(focused.state);
  const { fresh } = usePhone(phone);
  if (tasks.length === 0)
    return (
      <div className={css.scroll} tabIndex={0}>
        <Empty icon={<ClipboardCheck />} title={t("phone.task.none")}>
          <p>{t(fresh ? "phone.task.noneNote" : "phone.walk.unknown")}</p>
        </Empty>
      </div>
    );
  return (
    <>
      <ul className={`${css.scroll} ${css.tasks}`}>
        {tasks.map((s) => (
          <li key={s.task.id}>
            <TaskCard phone={phone} shown={s} focused={s === focused} onChoose={() => onChoose(s.task.id)} now={now} />
          </li>
        ))}
      </ul>
      {focused !== undefined && step !== null && (
        <Foot>
          <button type="button" className={css.side} onClick={() => setDeclining(focused)} aria-label={t("phone.act.declined")}>
            <PhoneOff aria-hidden />
            <span>{t("phone.act.decline")}</span>
          </button>
          <MainButton icon={step === "arrived" ? <MapPinCheck aria-hidden /> : <CircleCheckBig aria-hidden />} onPress={() => (step === "done" ? setFinishing(focused) : void phone.step(focused.task.id, step))}>
            {t(`phone.act.${step}`)}
          </MainButton>
          <button type="button" className={css.side} onClick={() => onWay(way === null ? focused.task.at : null)} aria-label={t(way === null ? "phone.showWay" : "phone.hideWay")}>
            {way === null ? <Navigation aria-hidden /> : <X aria-hidden />}
            <span>{t("phone.way")}</span>
          </button>
        </Foot>
      )}
      <DoneSheet phone={phone} shown={finishing} onClose={() => setFinishing(null)} />
      <DeclineSheet phone={phone} shown={declining} onClose={() => setDeclining(null)} />
    </>
  );
}

function TaskCard({ phone, shown, focused, onChoose, now }: { phone: Phone; shown: Shown; focused: boolean; onChoose: () => void; now: number }) {
  const { t } = useTranslation();
  const words = useWords();
  const { task, state, waiting } = shown;
  const open = isOpen(state);
  const { place } = usePhone(phone);
  const away = place === null ? null : metres(place.at, task.at);
  const title = useTitle(task);
  return (
    <article className={css.task} data-open={open} data-focused={focused} data-state={state} aria-label={title}>
      <button type="button" className={css.taskHead} onClick={onChoose} aria-pressed={focused} disabled={!open}>
        {open ? <Arrow direction={place === null ? null : bearing(place.at, task.at)} small /> : <span className={css.taskIcon} aria-hidden>{state === "recalled" ? <Undo2 /> : state === "declined" ? <PhoneOff /> : <CircleCheckBig />}</span>}
        <span className={css.taskWords}>
          <b>{title}</b>
          <span>
            {open && away !== null && place !== null ? `${words.distance(away)} · ${words.direction(bearing(place.at, task.at))} · ` : ""}
            {t(`phone.state.${state}`)}
            {open ? ` · ${words.relative(task.sent, now)}` : ""}
          </span>
        </span>
        {waiting && <Badge tone="warn">{t("phone.notTold")}</Badge>}
      </button>
      {open && focused && <Details task={task} />}
      {state === "recalled" && (
        <div className={css.recalled}>
          <p role="alert">{t("phone.recalled")}</p>
          <button type="button" className={css.ok} onClick={() => phone.dismiss(task.id)}>{t("phone.putAway")}</button>
        </div>
      )}
    </article>
  );
}

// Details of an alert: what the zone's rule is, in words, and which dog. Whose
// dog it is is the desk's to look up, when it is needed.
function Details({ task }: { task: Task }): ReactNode {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const about = task.about;
  const kind = about?.zone.kind ?? "";
  const rule = `phone.rule.${kind}`;
  return (
    <div className={css.details}>
      {about !== null && (
        <>
          <p className={css.rule}>{i18n.exists(rule) ? t(rule as "phone.rule.no-dog") : t("phone.rule.other", { zone: format.name(about.zone.name) })}</p>
          <p>
            <Badge tone={tones[about.grade]} icon={<GradeSign grade={about.grade} />}>{t(`phone.grade.${about.grade}`)}</Badge>{" "}
            {about.subject.licence !== undefined && about.subject.licence !== "" && t("phone.licence", { licence: about.subject.licence })}
          </p>
        </>
      )}
      {task.note !== "" && <p className={css.note}>{task.note}</p>}
      {task.by !== null && <p className={css.small}>{t("phone.sentBy", { name: task.by.name })}</p>}
    </div>
  );
}

const tones = { confirmed: "bad", likely: "warn", possible: "plain" } as const;

// possible = outlined diamond, likely = half-filled, confirmed = filled with a ring
export function GradeSign({ grade }: { grade: Grade }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden>
      {grade === "confirmed" && <path d="M8 .8 15.200 8 8 15.200 .8 8z" fill="none" stroke="currentColor" />}
      <path d="M8 3 13 8 8 13 3 8z" fill={grade === "confirmed" ? "currentColor" : "none"} stroke="currentColor" strokeWidth="1.5" />
      {grade === "likely" && <path d="M8 3v10L3 8z" fill="currentColor" />}
    </svg>
  );
}

function useTitle(task: Task): string {
  const { t } = useTranslation();
  const format = useFormat();
  if (task.about !== null)
    return `${t(task.about.subject.class === "dog" ? "phone.task.dog" : "phone.task.subject", { name: task.about.subject.name })} · ${format.name(task.about.zone.name, t("phone.task.zone"))}`;
  if (task.kind === "tow") return t("phone.task.tow");
  return t("phone.task.stop");
}

// TaskBanner keeps the task to do first in sight of the other tab.
export function TaskBanner({ phone, shown, onOpen }: { phone: Phone; shown: Shown; onOpen: () => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const { place } = usePhone(phone);
  const title = useTitle(shown.task);
  const { task } = shown;
  return (
    <button type="button" className={css.banner} onClick={onOpen} data-grade={task.about?.grade ?? ""}>
      {task.kind === "tow" ? <Truck aria-hidden /> : task.about?.subject.class === "dog" ? <Dog aria-hidden /> : <Bell aria-hidden />}
      <span>
        <b>{title}</b>
        <span>
          {t(`phone.state.${shown.state}`)}
          {place !== null && ` · ${words.distance(metres(place.at, task.at))} · ${words.direction(bearing(place.at, task.at))}`}
        </span>
      </span>
    </button>
  );
}
