import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCw, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { hooks as api } from "../api/queries";
import type { DeadLetter, Hook } from "../api/types";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import { Bones, Note, Trouble, useTrouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import css from "./Admin.module.css";

// DeadLetters is what a webhook's receiver didn't take.
export function DeadLetters({ hook }: { hook: Hook }) {
  const { t } = useTranslation();
  const key = ["hooks", hook.id, "dead"];
  const list = useQuery({ queryKey: key, queryFn: ({ signal }) => api.dead(hook.id, signal) });
  if (list.isPending) return <Bones lines={3} />;
  if (list.isError) return <Trouble error={list.error} />;
  return (
    <>
      <p className={css.dim}>{t("hooks.deadNote")}</p>
      <ul className={css.tree}>
        {list.data.dead.map((d) => (
          <Letter key={d.seq} hook={hook} letter={d} />
        ))}
      </ul>
    </>
  );
}

function Letter({ hook, letter: d }: { hook: Hook; letter: DeadLetter }) {
  const { t } = useTranslation();
  const format = useFormat();
  const trouble = useTrouble();
  const say = useSay();
  const client = useQueryClient();
  const anew = { onSettled: () => client.invalidateQueries({ queryKey: ["hooks"] }) };
  const id = d.alert;
  const again = useMutation({ mutationFn: () => api.resend(hook.id, d.seq), onSuccess: () => say(t("hooks.resent", { id })), ...anew });
  const drop = useMutation({ mutationFn: () => api.drop(hook.id, d.seq), ...anew });
  const failed = again.error ?? drop.error;
  return (
    <li>
      <div className={css.node}>
        <b>{t("hooks.deadAlert", { id })}</b>
        <span>
          {format.soon(d.at)} · {t("hooks.deadTries", { count: d.tries })} · {d.why}
        </span>
        <span>
          <Button look="quiet" icon={<RotateCw />} label={t("hooks.resendOf", { id })} isPending={again.isPending} onPress={() => again.mutate()} />
          <Button look="quiet" icon={<Trash2 />} label={t("hooks.dropOf", { id })} isPending={drop.isPending} onPress={() => drop.mutate()} />
        </span>
      </div>
      {failed !== null && <Note tone="bad">{failed instanceof Problem && failed.code === "hooks.failed" ? t("hooks.failing", { why: failed.message }) : trouble(failed)}</Note>}
    </li>
  );
}
