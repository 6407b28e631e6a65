import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, MailWarning, Pencil, Plus, Send, Trash2, Webhook } from "lucide-react";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { hooks as api, type HookForm } from "../api/queries";
import type { Hook } from "../api/types";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import { Dialog, DialogFoot } from "../parts/Dialog";
import { Field } from "../parts/Field";
import { Badge, Bones, Empty, Note, Switch, Trouble, useTrouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import css from "./Admin.module.css";
import { DeadLetters } from "./DeadLetters";
import { Secret } from "./Secret";

type Open = { what: "add" } | { what: "edit" | "remove" | "newSecret" | "dead"; hook: Hook } | { what: "secret"; name: string; secret: string } | null;

export const hooksKey = ["hooks"];

// HooksSection is where other systems are told of alerts, and how that goes.
export function HooksSection() {
  const { t } = useTranslation();
  const list = useQuery({ queryKey: hooksKey, queryFn: ({ signal }) => api.list(signal), refetchInterval: 5000 });
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const tell = (name: string, secret: string) => setOpen({ what: "secret", name, secret });
  return (
    <>
      <div className={css.bar}>
        <p className={`${css.dim} ${css.grow}`} style={{ maxWidth: "70ch" }}>{t("hooks.note")}</p>
        <span className={css.grow} />
        <Button look="main" icon={<Plus />} onPress={() => setOpen({ what: "add" })}>
          {t("hooks.add")}
        </Button>
      </div>
      {list.isPending && <Bones lines={3} />}
      {list.isError && <Trouble error={list.error} />}
      {list.data?.length === 0 && (
        <Empty icon={<Webhook />} title={t("hooks.none")}>
          <p>{t("hooks.noneNote")}</p>
        </Empty>
      )}
      {list.data !== undefined && list.data.length > 0 && (
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t("hooks.name")}</th>
              <th scope="col">{t("hooks.state")}</th>
              <th scope="col">
                <span className="hidden-text">{t("parts.actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.data.map((h) => (
              <Line key={h.id} hook={h} onOpen={setOpen} />
            ))}
          </tbody>
        </table>
      )}
      <Dialog title={t("hooks.add")} open={open?.what === "add"} onClose={close}>
        {open?.what === "add" && <Editor onSecret={tell} onClose={close} />}
      </Dialog>
      <Dialog title={t("hooks.edit")} open={open?.what === "edit"} onClose={close}>
        {open?.what === "edit" && <Editor hook={open.hook} onSecret={tell} onClose={close} />}
      </Dialog>
      <Dialog title={t("hooks.remove")} open={open?.what === "remove"} onClose={close} alert>
        {open?.what === "remove" && <Remove hook={open.hook} onClose={close} />}
      </Dialog>
      <Dialog title={t("hooks.newSecret")} open={open?.what === "newSecret"} onClose={close} alert>
        {open?.what === "newSecret" && <NewSecret hook={open.hook} onSecret={tell} onClose={close} />}
      </Dialog>
      <Dialog title={t("hooks.secret")} open={open?.what === "secret"} onClose={close} alert>
        {open?.what === "secret" && <Secret login={open.name} password={open.secret} of="hook" onClose={close} />}
      </Dialog>
      <Dialog title={open?.what === "dead" ? t("hooks.deadOf", { name: open.hook.name }) : ""} open={open?.what === "dead"} onClose={close} wide>
        {open?.what === "dead" && <DeadLetters hook={open.hook} />}
      </Dialog>
    </>
  );
}

function Line({ hook, onOpen }: { hook: Hook; onOpen: (o: Open) => void }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const say = useSay();
  const { name } = hook;
  const test = useMutation({ mutationFn: () => api.test(hook.id), onSuccess: () => say(t("hooks.tested", { name })) });
  return (
    <tr className={hook.off ? css.off : undefined}>
      <td>
        <div className={css.who}>
          <span className={css.avatar} aria-hidden>
            <Webhook size={17} />
          </span>
          <div style={{ minWidth: 0, overflowWrap: "anywhere" }}>
            <b>{name}</b>
            <span>{hook.url}</span>
          </div>
        </div>
      </td>
      <td>
        <State hook={hook} />
        {hook.dead > 0 && (
          <Button look="quiet" icon={<MailWarning />} onPress={() => onOpen({ what: "dead", hook })}>
            {t("hooks.dead", { count: hook.dead })}
          </Button>
        )}
        {test.isError && <Note tone="bad">{test.error instanceof Problem && test.error.code === "hooks.failed" ? t("hooks.failing", { why: test.error.message }) : trouble(test.error)}</Note>}
      </td>
      <td>
        <Button look="quiet" icon={<Send />} label={t("hooks.testOf", { name })} isPending={test.isPending} onPress={() => test.mutate()} />
        <Button look="quiet" icon={<KeyRound />} label={t("hooks.newSecretOf", { name })} onPress={() => onOpen({ what: "newSecret", hook })} />
        <Button look="quiet" icon={<Pencil />} label={t("hooks.editOf", { name })} onPress={() => onOpen({ what: "edit", hook })} />
        <Button look="quiet" icon={<Trash2 />} label={t("hooks.removeOf", { name })} onPress={() => onOpen({ what: "remove", hook })} />
      </td>
    </tr>
  );
}

function State({ hook }: { hook: Hook }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (hook.off) return <Badge>{t("hooks.off")}</Badge>;
  if (hook.failing)
    return (
      <>
        <Badge tone="bad">{t("hooks.fails")}</Badge> <span className={css.why}>{hook.why}</span>
        {hook.next_try !== null && <span className={css.dim}> · {t("hooks.next", { at: format.clock(hook.next_try) })}</span>}
      </>
    );
  if (hook.last_sent === null) return <Badge>{t("hooks.idle")}</Badge>;
  return (
    <>
      <Badge tone="good">{t("hooks.good")}</Badge> <span className={css.dim}>{t("hooks.last", { at: format.soon(hook.last_sent) })}</span>
    </>
  );
}

function Editor({ hook, onSecret, onClose }: { hook?: Hook; onSecret: (name: string, secret: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const say = useSay();
  const client = useQueryClient();
  const [form, setForm] = useState<HookForm>({ name: hook?.name ?? "", url: hook?.url ?? "", off: hook?.off ?? false });
  const save = useMutation({
    mutationFn: async () => {
      const sent = { ...form, name: form.name.trim(), url: form.url.trim() };
      if (hook === undefined) return api.add(sent);
      await api.change(hook.id, hook.version, sent);
      return null;
    },
    onSuccess: (made) => {
      say(t("hooks.saved", { name: form.name }));
      if (made === null) onClose();
      else onSecret(made.hook.name, made.secret);
    },
    onSettled: () => client.invalidateQueries({ queryKey: hooksKey }),
  });
  const fields = save.error instanceof Problem ? save.error.fields : {};
  const submit = (e: SyntheticEvent) => {
    e.preventDefault();
    save.mutate();
  };
  return (
    <form className={css.form} onSubmit={submit}>
      {save.isError && <Note tone="bad">{trouble(save.error)}</Note>}
      <Field label={t("hooks.name")} value={form.name} onChange={(name) => setForm({ ...form, name })} autoFocus error={fields.name} />
      <Field label={t("hooks.url")} note={t("hooks.urlNote")} value={form.url} onChange={(url) => setForm({ ...form, url })} error={fields.url} />
      <Switch on={!form.off} onChange={(on) => setForm({ ...form, off: !on })}>
        {t("hooks.on")}
      </Switch>
      <DialogFoot>
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <Button type="submit" look="main" isPending={save.isPending} why={form.name.trim() === "" || form.url.trim() === "" ? t("hooks.fieldsFirst") : undefined}>
          {t("parts.save")}
        </Button>
      </DialogFoot>
    </form>
  );
}

function NewSecret({ hook, onSecret, onClose }: { hook: Hook; onSecret: (name: string, secret: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const client = useQueryClient();
  const give = useMutation({
    mutationFn: () => api.newSecret(hook.id, hook.version),
    onSuccess: ({ secret }) => onSecret(hook.name, secret),
    onSettled: () => client.invalidateQueries({ queryKey: hooksKey }),
  });
  return (
    <>
      <p>{t("hooks.newSecretNote", { name: hook.name })}</p>
      {give.isError && <Note tone="bad">{trouble(give.error)}</Note>}
      <DialogFoot>
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <Button look="main" isPending={give.isPending} onPress={() => give.mutate()}>
          {t("hooks.newSecret")}
        </Button>
      </DialogFoot>
    </>
  );
}

function Remove({ hook, onClose }: { hook: Hook; onClose: () => void }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const say = useSay();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.remove(hook.id, hook.version),
    onSuccess: () => {
      say(t("hooks.removed", { name: hook.name }));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: hooksKey }),
  });
  return (
    <>
      <p>{t("hooks.removeNote", { name: hook.name })}</p>
      {remove.isError && <Note tone="bad">{trouble(remove.error)}</Note>}
      <DialogFoot>
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <Button look="danger" isPending={remove.isPending} onPress={() => remove.mutate()}>
          {t("hooks.remove")}
        </Button>
      </DialogFoot>
    </>
  );
}
