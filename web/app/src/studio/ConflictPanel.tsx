import { useMutation } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { useLive } from "../live/LiveProvider";
import { Button } from "../parts/Button";
import { Trouble } from "../parts/parts";
import { useDraft, useStudio } from "./context";
import css from "./Studio.module.css";

// ConflictPanel says who changed the draft in the meantime and what, and loses
// nothing that was done here.
export function ConflictPanel() {
  const { t, i18n } = useTranslation();
  const studio = useStudio();
  const format = useFormat();
  const { clock } = useLive();
  const conflict = useDraft((s) => s.conflict);
  const waiting = useDraft((s) => s.waiting);
  const read = useMutation({ mutationFn: (mine: boolean) => (mine ? studio.mineOnTop() : studio.theirsAlone()) });
  if (conflict === null) return null;
  const what = [...new Set(conflict.what)].map((w) => (i18n.exists(`studio.did.${w}`) ? t(`studio.did.${w}` as "studio.did.paint") : w));
  return (
    <div className={css.conflict} role="alertdialog" aria-labelledby="studio-conflict" aria-describedby="studio-conflict-note">
      <UsersRound aria-hidden />
      <div>
        <h2 id="studio-conflict">{t("studio.conflict", { who: conflict.by?.name ?? t("studio.somebody"), when: conflict.at === null ? "" : format.relative(conflict.at, clock.now()) })}</h2>
        {what.length > 0 && <p>{t("studio.conflictWhat", { what: what.join(", ") })}</p>}
        <p id="studio-conflict-note">{t("studio.conflictMine", { count: waiting })}</p>
        {read.isError && <Trouble error={read.error} />}
        <div className={css.acts}>
          <Button look="main" isPending={read.isPending} onPress={() => read.mutate(true)}>
            {t("studio.mineOnTop")}
          </Button>
          <Button why={read.isPending ? t("parts.loading") : undefined} onPress={() => read.mutate(false)}>
            {t("studio.theirsAlone")}
          </Button>
        </div>
      </div>
    </div>
  );
}
