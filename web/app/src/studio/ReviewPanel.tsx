import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, Radio, Send, Trash2, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { drafts, type Draft, type Step } from "../api/drafts";
import { instant, localTime } from "../fleet/time";
import { useFormat } from "../i18n/format";
import { useLive } from "../live/LiveProvider";
import { planKey } from "../map/ground";
import { Button } from "../parts/Button";
import { Dialog, DialogFoot } from "../parts/Dialog";
import { Field } from "../parts/Field";
import { Panel } from "../parts/Panel";
import { Note, Segments, Trouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import { useRight, useSession } from "../session/session";
import { useDraft, useStudio } from "./context";
import css from "./Studio.module.css";

const order = ["open", "submitted", "approved", "published"] as const;

// ReviewPanel leads a draft to where it holds: one submits, another approves, and
// it is published from a date.
export function ReviewPanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const studio = useStudio();
  const draft = useDraft((s) => s.draft);
  const say = useSay();
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const step = useMutation({
    mutationFn: async (what: Step) => {
      await studio.settled();
      return drafts.step(draft.id, studio.get().draft.version, what, note.trim());
    },
    onSuccess: (next, what) => {
      setNote("");
      studio.told(next);
      say(t(`studio.done.${what}`));
      void client.invalidateQueries({ queryKey: ["drafts"], exact: true });
    },
  });
  const at = order.indexOf(draft.state === "discarded" ? "open" : draft.state);
  return (
    <Panel title={t("studio.reviewTitle")} onClose={onClose}>
      <ol className={css.steps}>
        {order.map((state, i) => (
          <li key={state} data-at={i < at ? "past" : i === at ? "now" : "later"} aria-current={i === at ? "step" : undefined}>
            <i aria-hidden>{i < at ? <Check /> : i + 1}</i>
            <span>
              {t(`studio.state.${state}`)}
              <small>{who(draft, state)}</small>
            </span>
          </li>
        ))}
      </ol>
      {draft.state === "open" && <Submit note={note} setNote={setNote} step={step} />}
      {draft.state === "submitted" && <Approve note={note} setNote={setNote} step={step} />}
      {draft.state === "approved" && <Publish />}
      {draft.state === "published" && <Note>{t("studio.isPublished")}</Note>}
      {step.isError && <Trouble error={step.error} />}
      <Discard />
    </Panel>
  );
}

function who(draft: Draft, state: (typeof order)[number]): string {
  if (state === "open") return draft.author?.name ?? "";
  if (state === "submitted") return draft.submitted_by?.name ?? "";
  if (state === "approved") return draft.approved_by?.name ?? "";
  return "";
}

interface StepProps {
  note: string;
  setNote: (note: string) => void;
  step: { mutate: (step: Step) => void; isPending: boolean };
}

function Submit({ note, setNote, step }: StepProps) {
  const { t } = useTranslation();
  const faults = useDraft((s) => s.faults.length);
  const whole = useDraft((s) => s.faults.every((f) => f.what !== "unpainted" && f.what !== "empty"));
  const mayEdit = useRight("drafts.edit");
  return (
    <div className={css.form}>
      {faults > 0 && <Note tone="warn">{t("studio.faultsLeft", { count: faults })}</Note>}
      <Field label={t("studio.note")} note={t("studio.submitNote")} value={note} onChange={setNote} maxLength={500} />
      <Button look="main" wide big icon={<Send />} isPending={step.isPending} why={!mayEdit ? t("studio.noRight") : whole ? undefined : t("problem.draft.unpainted")} onPress={() => step.mutate("submit")}>
        {t("studio.submit")}
      </Button>
    </div>
  );
}

function Approve({ note, setNote, step }: StepProps) {
  const { t } = useTranslation();
  const { person } = useSession();
  const draft = useDraft((s) => s.draft);
  const mayApprove = useRight("drafts.approve");
  const own = draft.submitted_by?.id === person?.id;
  const no = !mayApprove ? t("studio.noRight") : own ? t("studio.ownDraft") : undefined;
  return (
    <div className={css.form}>
      {own && <Note>{t("studio.ownDraft")}</Note>}
      <Field label={t("studio.note")} value={note} onChange={setNote} maxLength={500} />
      <Button look="main" wide big icon={<Check />} isPending={step.isPending} why={no} onPress={() => step.mutate("approve")}>
        {t("studio.approve")}
      </Button>
      <Button wide icon={<Undo2 />} why={mayApprove || own ? undefined : t("studio.noRight")} onPress={() => step.mutate(own ? "reopen" : "reject")}>
        {t(own ? "studio.reopen" : "studio.reject")}
      </Button>
    </div>
  );
}

function Publish() {
  const { t } = useTranslation();
  const studio = useStudio();
  const format = useFormat();
  const client = useQueryClient();
  const { time_zone } = useSession();
  const mayApprove = useRight("drafts.approve");
  const say = useSay();
  const { clock } = useLive(); // the bureau's time, which is not always ours
  const [when, setWhen] = useState<"now" | "later">("now");
  const [from, setFrom] = useState(() => `${localTime(clock.now() + 86_400_000, time_zone).slice(0, 10)}T07:00`);
  const at = when === "now" ? null : instant(from, time_zone);
  const bad = at !== null && !(at > clock.now());
  const publish = useMutation({
    mutationFn: () => drafts.publish(studio.get().draft.id, studio.get().draft.version, at === null ? null : new Date(at).toISOString()),
    onSuccess: async ({ plan, draft }) => {
      say(t("studio.published", { when: format.soon(plan.from, clock.now()) }));
      await client.invalidateQueries({ queryKey: planKey });
      studio.told(draft);
    },
  });
  return (
    <div className={css.form}>
      <Segments
        label={t("studio.from")}
        value={when}
        onChange={setWhen}
        choices={[
          { id: "now", text: t("studio.fromNow") },
          { id: "later", text: t("studio.fromDate") },
        ]}
      />
      {when === "later" && (
        <label className={css.date}>
          <span className={css.label}>{t("studio.from")}</span>
          <input type="datetime-local" value={from} onChange={(e) => setFrom(e.target.value)} />
        </label>
      )}
      <p className={css.muted}>{t("studio.publishNote")}</p>
      {bad && <Note tone="warn">{t("studio.inPast")}</Note>}
      <Button look="main" wide big icon={<Radio />} isPending={publish.isPending} why={!mayApprove ? t("studio.noRight") : bad ? t("studio.inPast") : undefined} onPress={() => publish.mutate()}>
        {t("studio.publish")}
      </Button>
      {publish.isError && <Trouble error={publish.error} />}
    </div>
  );
}

function Discard() {
  const { t } = useTranslation();
  const studio = useStudio();
  const draft = useDraft((s) => s.draft);
  const mayEdit = useRight("drafts.edit");
  const client = useQueryClient();
  const [, go] = useLocation();
  const [asking, setAsking] = useState(false);
  const discard = useMutation({
    mutationFn: async () => {
      await studio.settled();
      return drafts.discard(draft.id, studio.get().draft.version);
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["drafts"], exact: true });
      go("/studio");
    },
  });
  if (!mayEdit || draft.state === "published") return null;
  return (
    <>
      <p className={css.discard}>
        <Button look="quiet" icon={<Trash2 />} onPress={() => setAsking(true)}>
          {t("studio.discard")}
        </Button>
      </p>
      <Dialog title={t("studio.discard")} open={asking} onClose={() => setAsking(false)} alert>
        <p>{t("studio.discardNote", { name: draft.name })}</p>
        {discard.isError && <Trouble error={discard.error} />}
        <DialogFoot>
          <Button onPress={() => setAsking(false)}>{t("parts.cancel")}</Button>
          <Button look="danger" isPending={discard.isPending} onPress={() => discard.mutate()}>
            {t("studio.discard")}
          </Button>
        </DialogFoot>
      </Dialog>
    </>
  );
}
