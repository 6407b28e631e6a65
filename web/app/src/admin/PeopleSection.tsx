import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, Clock, KeyRound, Lock, Pencil, Search, UserPlus, UserX } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { areas as areasApi, people as api } from "../api/queries";
import type { Area, NewPerson, Person } from "../api/types";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import { Dialog, DialogFoot } from "../parts/Dialog";
import { Field } from "../parts/Field";
import { Badge, Bones, Empty, Note, Trouble, useTrouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import { useSession } from "../session/session";
import { initials } from "../shell/MeMenu";
import css from "./Admin.module.css";
import { PersonForm } from "./PersonForm";
import { Secret } from "./Secret";

type Open = { what: "add" } | { what: "edit" | "reset" | "switch"; person: Person } | { what: "secret"; login: string; password: string } | null;

export const peopleKey = ["people"];
export const areasKey = ["areas"];

export function PeopleSection() {
  const { t } = useTranslation();
  const { person: me } = useSession();
  const list = useQuery({ queryKey: peopleKey, queryFn: ({ signal }) => api.list(signal) });
  const areas = useQuery({ queryKey: areasKey, queryFn: ({ signal }) => areasApi.list(signal) });
  const [text, setText] = useState("");
  const [open, setOpen] = useState<Open>(null);
  const mayEdit = me?.rights.includes("people.edit") ?? false;
  const found = useMemo(() => findPeople(list.data ?? [], text), [list.data, text]);
  const close = () => setOpen(null);
  const added = (p: NewPerson) => setOpen(p.password === undefined || p.password === "" ? null : { what: "secret", login: p.login, password: p.password });
  return (
    <>
      <div className={css.bar}>
        <Field label={t("people.search")} hideLabel placeholder={t("people.search")} icon={<Search aria-hidden />} value={text} onChange={setText} type="search" />
        <span className={css.grow} />
        <Button look="main" icon={<UserPlus />} why={mayEdit ? undefined : t("people.noRight")} onPress={() => setOpen({ what: "add" })}>
          {t("people.add")}
        </Button>
      </div>
      {list.isPending && <Bones lines={6} />}
      {list.isError && <Trouble error={list.error} retry={<Button onPress={() => void list.refetch()}>{t("link.retry")}</Button>} />}
      {list.isSuccess && found.length === 0 && (
        <Empty icon={<UserX />} title={t("people.none")}>
          <p>{t("people.noneNote")}</p>
        </Empty>
      )}
      {found.length > 0 && (
        <table className={css.table}>
          <thead>
            <tr>
              <th>{t("person.person")}</th>
              <th>{t("person.grants")}</th>
              <th>{t("person.state")}</th>
              <th>
                <span className="hidden-text">{t("parts.actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {found.map((p) => (
              <Row key={p.id} person={p} areas={areas.data ?? []} self={p.id === me?.id} mayEdit={mayEdit} onOpen={setOpen} />
            ))}
          </tbody>
        </table>
      )}
      <Dialog title={t("people.add")} open={open?.what === "add"} onClose={close}>
        <PersonForm areas={areas.data ?? []} onDone={added} onClose={close} />
      </Dialog>
      <Dialog title={t("people.edit")} open={open?.what === "edit"} onClose={close}>
        {open?.what === "edit" && <PersonForm key={open.person.id} person={open.person} areas={areas.data ?? []} onDone={close} onClose={close} />}
      </Dialog>
      <Dialog title={t("people.reset")} open={open?.what === "reset"} onClose={close} alert>
        {open?.what === "reset" && <Reset person={open.person} onDone={(password) => setOpen({ what: "secret", login: open.person.login, password })} onClose={close} />}
      </Dialog>
      <Dialog title={t(open?.what === "switch" && open.person.disabled ? "people.enable" : "people.disable")} open={open?.what === "switch"} onClose={close} alert>
        {open?.what === "switch" && <Switch person={open.person} onClose={close} />}
      </Dialog>
      <Dialog title={t("secret.title")} open={open?.what === "secret"} onClose={close} alert>
        {open?.what === "secret" && <Secret login={open.login} password={open.password} onClose={close} />}
      </Dialog>
    </>
  );
}

// findPeople looks in name and login, and puts the disabled last.
export function findPeople(people: Person[], text: string): Person[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return people
    .filter((p) => words.every((w) => p.name.toLowerCase().includes(w) || p.login.includes(w)))
    .sort((a, b) => Number(a.disabled) - Number(b.disabled) || a.login.localeCompare(b.login));
}

interface RowProps {
  person: Person;
  areas: Area[];
  self: boolean;
  mayEdit: boolean;
  onOpen: (open: Open) => void;
}

function Row({ person, areas, self, mayEdit, onOpen }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = person.name === "" ? person.login : person.name;
  const area = (id: number) => format.name(areas.find((a) => a.id === id)?.name, `#${id}`);
  const root = areas.find((a) => a.parent === 0)?.id;
  const no = mayEdit ? undefined : t("people.noRight");
  return (
    <tr className={person.disabled ? css.off : undefined}>
      <td>
        <span className={css.who}>
          <span className={css.avatar} aria-hidden>
            {initials(name)}
          </span>
          <span>
            <b>{name}</b>
            <span>{person.login}</span>
          </span>
        </span>
      </td>
      <td>
        <span className={css.badges}>
          {person.grants.map((g) => (
            <Badge key={`${g.role}${g.area}`} tone={person.disabled ? "plain" : "brand"}>
              {t(`role.${g.role}`)}
              {g.area !== root && ` · ${area(g.area)}`}
            </Badge>
          ))}
          {person.tags.map((tag) => (
            <Badge key={tag} tone="plain">
              {tag}
            </Badge>
          ))}
        </span>
      </td>
      <td>
        <span className={css.badges}>
          <States person={person} />
        </span>
      </td>
      <td>
        <Button look="quiet" icon={<Pencil />} label={t("people.editOf", { name })} isDisabled={!mayEdit} onPress={() => onOpen({ what: "edit", person })} />
        <Button look="quiet" icon={<KeyRound />} label={t("people.resetOf", { name })} why={self ? t("people.notOwnPassword") : no} onPress={() => onOpen({ what: "reset", person })} />
        <Button look="quiet" icon={<Ban />} label={t(person.disabled ? "people.enableOf" : "people.disableOf", { name })} why={self ? t("people.notSelf") : no} onPress={() => onOpen({ what: "switch", person })} />
      </td>
    </tr>
  );
}

function States({ person }: { person: Person }) {
  const { t } = useTranslation();
  const format = useFormat();
  const locked = person.locked_until !== null && Date.parse(person.locked_until) > Date.now();
  return (
    <>
      {person.disabled && <Badge icon={<Ban />}>{t("person.disabled")}</Badge>}
      {locked && person.locked_until !== null && (
        <Badge tone="warn" icon={<Lock />}>
          {t("person.locked", { when: format.relative(person.locked_until) })}
        </Badge>
      )}
      {person.must_change && !person.disabled && <Badge icon={<Clock />}>{t("person.mustChange")}</Badge>}
      {!person.disabled && !locked && !person.must_change && <Badge tone="good">{t("person.active")}</Badge>}
    </>
  );
}

function Reset({ person, onDone, onClose }: { person: Person; onDone: (password: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const client = useQueryClient();
  const reset = useMutation({
    mutationFn: () => api.resetPassword(person.id),
    onSuccess: (given) => {
      void client.invalidateQueries({ queryKey: peopleKey });
      onDone(given.password ?? "");
    },
  });
  return (
    <>
      <p>{t("people.resetNote", { name: person.name || person.login })}</p>
      {reset.isError && <Note tone="bad">{trouble(reset.error)}</Note>}
      <DialogFoot>
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <Button look="main" isPending={reset.isPending} onPress={() => reset.mutate()}>
          {t("people.reset")}
        </Button>
      </DialogFoot>
    </>
  );
}

function Switch({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const say = useSay();
  const client = useQueryClient();
  const name = person.name || person.login;
  const change = useMutation({
    mutationFn: () => api.change(person.id, person.version, { disabled: !person.disabled }),
    onSuccess: () => {
      say(t(person.disabled ? "people.enabled" : "people.disabled", { name }));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: peopleKey }),
  });
  return (
    <>
      <p>{t(person.disabled ? "people.enableNote" : "people.disableNote", { name })}</p>
      {change.isError && <Note tone="bad">{trouble(change.error)}</Note>}
      <DialogFoot>
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <Button look={person.disabled ? "main" : "danger"} isPending={change.isPending} onPress={() => change.mutate()}>
          {t(person.disabled ? "people.enable" : "people.disable")}
        </Button>
      </DialogFoot>
    </>
  );
}
