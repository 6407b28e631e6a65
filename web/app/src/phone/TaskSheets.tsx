import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import css from "./Phone.module.css";
import type { Phone } from "./phone";
import type { Shown } from "./tasks";

const maxNote = 2000; // what the server takes

const doneWords = ["leash", "left", "nobody"] as const;
const declineWords = ["busy", "far", "unsafe"] as const;

// DoneSheet asks how it went; one tap is enough, words are welcome.
export function DoneSheet({ phone, shown, onClose }: { phone: Phone; shown: Shown | null; onClose: () => void }) {
  const { t } = useTranslation();
  const alert = shown?.task.kind === "alert";
  return (
    <NoteSheet
      title={t("phone.done.title")}
      label={t("phone.done.note")}
      ready={alert ? doneWords.map((w) => t(`phone.done.${w}`)) : []}
      go={t("phone.act.done")}
      needed={false}
      shown={shown}
      onClose={onClose}
      onGo={(task, note) => void phone.step(task, "done", note)}
    />
  );
}

// DeclineSheet wants a reason: the dispatcher has to find somebody else.
export function DeclineSheet({ phone, shown, onClose }: { phone: Phone; shown: Shown | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <NoteSheet
      title={t("phone.decline.title")}
      label={t("phone.decline.note")}
      ready={declineWords.map((w) => t(`phone.decline.${w}`))}
      go={t("phone.act.declined")}
      needed
      shown={shown}
      onClose={onClose}
      onGo={(task, note) => void phone.step(task, "declined", note)}
    />
  );
}

interface Props {
  title: string;
  label: string;
  ready: string[]; // answers that need no typing
  go: string;
  needed: boolean;
  shown: Shown | null;
  onClose: () => void;
  onGo: (task: number, note: string) => void;
}

function NoteSheet({ title, label, ready, go, needed, shown, onClose, onGo }: Props) {
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  const close = () => {
    setNote("");
    onClose();
  };
  const empty = note.trim() === "";
  return (
    <Dialog title={title} open={shown !== null} onClose={close}>
      {ready.length > 0 && (
        <div className={css.choices} role="group" aria-label={label}>
          {ready.map((words) => (
            <button key={words} type="button" className={css.choice} aria-pressed={note === words} onClick={() => setNote(note === words ? "" : words)}>
              {words}
            </button>
          ))}
        </div>
      )}
      <label className={css.noteField}>
        <span>{label}</span>
        <textarea rows={3} maxLength={maxNote} value={note} onChange={(e) => setNote(e.target.value)} />
      </label>
      <Button
        look="main"
        big
        wide
        why={needed && empty ? t("phone.decline.why") : undefined}
        onPress={() => {
          if (shown !== null) onGo(shown.task.id, note.trim());
          close();
        }}
      >
        {go}
      </Button>
    </Dialog>
  );
}
