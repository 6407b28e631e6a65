import { RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Note } from "../parts/parts";
import css from "./Phone.module.css";
import type { Phone } from "./phone";
import { usePhone } from "./usePhone";
import { useWords } from "./words";

// WaitingSheet says of each thing whether the server has it.
export function WaitingSheet({ phone, open, onClose, offline }: { phone: Phone; open: boolean; onClose: () => void; offline: boolean }) {
  const { t, i18n } = useTranslation();
  const words = useWords();
  const { waiting, steps, refused } = usePhone(phone);
  const line = (s: { task: number; to: "received" | "arrived" | "done" | "declined"; at: string }) =>
    t("phone.queue.step", { task: s.task, what: t(`phone.told.${s.to}`), time: words.clock(Date.parse(s.at)) });
  const nothing = waiting.fixes === 0 && steps.length === 0 && refused.length === 0;
  return (
    <Dialog title={t("phone.queue.title")} open={open} onClose={onClose}>
      <p className={css.body}>{t(nothing ? "phone.queue.nothing" : offline ? "phone.queue.offline" : "phone.queue.going")}</p>
      <ul className={css.queue}>
        {steps.map((s) => (
          <li key={s.n} data-state="waiting">{line(s)}</li>
        ))}
        {waiting.fixes > 0 && <li data-state="waiting">{t("phone.queue.fixes", { count: waiting.fixes })}</li>}
        {refused.map((s) => {
          const why = `problem.${s.code}`;
          return (
            <li key={`r${s.n}`} data-state="refused">
              {line(s)} · {s.code !== "" && i18n.exists(why) ? t(why as "problem.stale") : t("phone.queue.refused")}
            </li>
          );
        })}
      </ul>
      {refused.length > 0 && (
        <>
          <Note tone="warn">{t("phone.queue.refusedNote")}</Note>
          <Button big wide onPress={() => phone.dismissRefused()}>{t("phone.putAway")}</Button>
        </>
      )}
      {!nothing && (
        <Button look="main" big wide icon={<RotateCw />} onPress={() => phone.retry()}>
          {t("phone.queue.now")}
        </Button>
      )}
    </Dialog>
  );
}
