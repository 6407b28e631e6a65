import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import admin from "../admin/Admin.module.css";
import { Problem } from "../api/problem";
import { registers, type RegisterName } from "../api/registers";
import { Button } from "../parts/Button";
import { DialogFoot } from "../parts/Dialog";
import { Choice, Field } from "../parts/Field";
import { Note, Switch, useTrouble } from "../parts/parts";
import { Pick } from "../parts/Pick";
import { useSay } from "../parts/toast";
import { useSession } from "../session/session";
import { sayEntry } from "./faults";
import { keyOf, type Book } from "./book";
import { body, fieldsOf, fill, wrong, type FieldOf, type Filled } from "./fields";
import css from "./Fleet.module.css";

export type FormRegister = Exclude<RegisterName, "people">;

// What every entry has, as far as a form cares.
export interface Kept {
  id: number | string;
  version: number;
}

interface Props {
  register: FormRegister;
  entry: Kept | null; // null: a new one
  start?: Record<string, unknown>; // what a new one begins with
  book: Book;
  onSecret: (id: string, secret: string) => void;
  onClose: () => void;
}

// EntryForm adds an entry to a register, or changes one.
export function EntryForm({ register, entry, start, book, onSecret, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const { time_zone } = useSession();
  const trouble = useTrouble();
  const say = useSay();
  const client = useQueryClient();
  const fields = fieldsOf[register].filter((f) => entry === null || f.onlyNew !== true);
  const [before] = useState(() => fill(fields, { ...(entry ?? start ?? {}) }, time_zone));
  const [filled, setFilled] = useState<Filled>(before);
  const [tried, setTried] = useState(false);
  const missing = wrong(fields, filled);
  const save = useMutation({
    mutationFn: async () => {
      const sent = body(fields, filled, entry === null ? null : before, time_zone);
      if (entry !== null) return registers.change(register, entry.id, entry.version, sent);
      if (register === "devices") return registers.addDevice(sent);
      return registers.add(register, sent);
    },
    onSuccess: (answer) => {
      say(t(entry === null ? "fleet.added" : "fleet.saved"));
      if ("secret" in answer && "device" in answer) {
        const { device, secret } = answer as { device: { id: string }; secret: string };
        onSecret(device.id, secret);
      } else onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keyOf(register) }),
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const said = problem?.fields ?? {};
  const atField = fields.some((f) => said[f.name] !== undefined);
  const errorOf = (name: string): string | undefined => {
    const why = tried ? missing[name] : undefined;
    if (why !== undefined) return t(`fleet.wrong.${why}`);
    const text = said[name];
    return text === undefined ? undefined : sayEntry(text, i18n.language);
  };
  const submit = (e: SyntheticEvent) => {
    e.preventDefault();
    setTried(true);
    if (Object.keys(missing).length === 0) save.mutate();
  };
  return (
    <form className={admin.form} onSubmit={submit}>
      {save.isError && !atField && <Note tone="bad">{trouble(save.error)}</Note>}
      {fields.map((f, i) => (
        <Input key={f.name} field={f} filled={filled} set={(more) => setFilled({ ...filled, ...more })} book={book} error={errorOf(f.name)} first={i === 0} />
      ))}
      {register === "dogs" && entry !== null && <Note>{t("fleet.masked")}</Note>}
      {register === "devices" && entry === null && <Note>{t("fleet.secretLater")}</Note>}
      <DialogFoot>
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <Button type="submit" look="main" isPending={save.isPending}>
          {t(entry === null ? "fleet.add" : "parts.save")}
        </Button>
      </DialogFoot>
    </form>
  );
}

interface InputProps {
  field: FieldOf;
  filled: Filled;
  set: (more: Filled) => void;
  book: Book;
  error: string | undefined;
  first: boolean;
}

function Input({ field: { name, ask }, filled, set, book, error, first }: InputProps) {
  const { t } = useTranslation();
  const label = t(`fleet.field.${name}` as "fleet.field.code");
  const value = filled[name] ?? "";
  const put = (v: string) => set({ [name]: v });
  switch (ask.as) {
    case "names":
      return (
        <div className={css.pair}>
          <Field label={t("areas.nameZh")} value={filled[`${name}.zh-CN`] ?? ""} onChange={(v) => set({ [`${name}.zh-CN`]: v })} autoComplete="off" error={error} />
          <Field label={t("areas.nameEn")} value={filled[`${name}.en`] ?? ""} onChange={(v) => set({ [`${name}.en`]: v })} autoComplete="off" />
        </div>
      );
    case "yes":
      return (
        <Switch on={value === "yes"} onChange={(on) => put(on ? "yes" : "")}>
          {label}
        </Switch>
      );
    case "choice":
      return <Choice label={label} value={value} choices={choices(ask.of, value).map((id) => ({ id, text: word(t, ask.words, id) }))} onChange={put} error={error} />;
    case "pick":
      return <Pick label={label} value={value === "" ? null : value} items={book.items(ask.from)} onChange={(id) => put(id ?? "")} placeholder={t(ask.needed === true ? "fleet.choose" : "fleet.none")} error={error} />;
    case "subject":
      return <SubjectInput label={label} value={value} put={put} book={book} error={error} />;
    case "place":
      return <Field label={label} note={t("fleet.placeNote")} placeholder="39.74590, -75.54660" value={value} onChange={put} autoComplete="off" error={error} />;
    case "time":
      return <Field label={label} type="datetime-local" value={value} onChange={put} error={error} />;
    default:
      return <Field label={label} value={value} onChange={put} autoComplete="off" autoFocus={first} error={error} {...(ask.as === "number" ? { inputMode: "numeric" as const } : {})} />;
  }
}

// A word that the program does not know yet, such as a new protocol, stays.
function choices(of: readonly string[], value: string): string[] {
  return value === "" || of.includes(value) ? [...of] : [...of, value];
}

function word(t: TFunction, words: string, id: string): string {
  if (words === "station") return t(`station.${id}` as "station.station");
  if (words === "protocol") return id;
  return t(`fleet.${words}.${id}` as "fleet.vehicle.boat");
}

// SubjectInput asks whom a device reports for: of which sort, then which one.
function SubjectInput({ label, value, put, book, error }: { label: string; value: string; put: (v: string) => void; book: Book; error: string | undefined }) {
  const { t } = useTranslation();
  const [kind, id] = value.split(":") as ["" | "person" | "vehicle" | "dog", string | undefined];
  const [sort, setSort] = useState(kind === "" ? "dog" : kind);
  const from = { person: "people", vehicle: "vehicles", dog: "dogs" } as const;
  return (
    <div className={css.pair}>
      <Choice
        label={label}
        value={sort}
        choices={(["person", "vehicle", "dog"] as const).map((k) => ({ id: k, text: t(`fleet.subject.${k}`) }))}
        onChange={(next) => {
          setSort(next);
          put("");
        }}
      />
      <Pick key={sort} label={t("fleet.which")} value={id ?? null} items={book.items(from[sort])} onChange={(next) => put(next === null ? "" : `${sort}:${next}`)} placeholder={t("fleet.none")} error={error} />
    </div>
  );
}
