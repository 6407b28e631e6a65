import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Building2, House, Landmark, MapPinned, Pencil, Plus, Trash2, type LucideIcon } from "lucide-react";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { areas as api, type AreaForm } from "../api/queries";
import type { Area, AreaKind } from "../api/types";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import { Dialog, DialogFoot } from "../parts/Dialog";
import { Choice, Field } from "../parts/Field";
import { Bones, Note, Trouble, useTrouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import css from "./Admin.module.css";
import { below, flatten, kindsUnder, type Row } from "./areas";
import { areasKey } from "./PeopleSection";

type Open = { what: "add"; parent: Area } | { what: "edit" | "remove"; area: Area } | null;

const icons: Record<AreaKind, LucideIcon> = { bureau: Landmark, town: Building2, community: House, station: MapPinned };

export function AreasSection() {
  const { t } = useTranslation();
  const list = useQuery({ queryKey: areasKey, queryFn: ({ signal }) => api.list(signal) });
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const all = list.data ?? [];
  return (
    <>
      <p className={css.dim}>{t("areas.note")}</p>
      {list.isPending && <Bones lines={5} />}
      {list.isError && <Trouble error={list.error} />}
      {list.isSuccess && (
        <ul className={css.tree}>
          {flatten(all).map((row) => (
            <Node key={row.area.id} row={row} onOpen={setOpen} />
          ))}
        </ul>
      )}
      <Dialog title={t("areas.add")} open={open?.what === "add"} onClose={close}>
        {open?.what === "add" && <AreaEditor parent={open.parent} all={all} onClose={close} />}
      </Dialog>
      <Dialog title={t("areas.edit")} open={open?.what === "edit"} onClose={close}>
        {open?.what === "edit" && <AreaEditor area={open.area} all={all} onClose={close} />}
      </Dialog>
      <Dialog title={t("areas.remove")} open={open?.what === "remove"} onClose={close} alert>
        {open?.what === "remove" && <Remove area={open.area} onClose={close} />}
      </Dialog>
    </>
  );
}

function Node({ row: { area, depth }, onOpen }: { row: Row; onOpen: (o: Open) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const Icon = icons[area.kind];
  const name = format.name(area.name, `#${area.id}`);
  const under = kindsUnder(area.kind);
  return (
    <li className={css.node} style={{ paddingLeft: 8 + depth * 26 }}>
      <Icon aria-hidden />
      <b>{name}</b>
      <span>
        {t(`area.${area.kind}`)}
        {area.code !== "" && ` · ${area.code}`}
      </span>
      <span>
        <Button look="quiet" icon={<Plus />} label={t("areas.addUnder", { name })} why={under.length === 0 ? t("areas.noneUnder") : undefined} onPress={() => onOpen({ what: "add", parent: area })} />
        <Button look="quiet" icon={<Pencil />} label={t("areas.editOf", { name })} onPress={() => onOpen({ what: "edit", area })} />
        <Button look="quiet" icon={<Trash2 />} label={t("areas.removeOf", { name })} why={area.kind === "bureau" ? t("areas.bureauStays") : undefined} onPress={() => onOpen({ what: "remove", area })} />
      </span>
    </li>
  );
}

function AreaEditor({ area, parent, all, onClose }: { area?: Area; parent?: Area; all: Area[]; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const trouble = useTrouble();
  const say = useSay();
  const client = useQueryClient();
  const [form, setForm] = useState<AreaForm>({
    parent: area?.parent ?? parent?.id ?? 0,
    kind: area?.kind ?? kindsUnder(parent?.kind ?? "bureau")[0] ?? "station",
    code: area?.code ?? "",
    name: area?.name ?? {},
  });
  const save = useMutation({
    mutationFn: async () => {
      const name = Object.fromEntries(Object.entries(form.name).filter(([, v]) => v.trim() !== ""));
      const whole = { ...form, name };
      if (area === undefined) return api.add(whole);
      const { parent: to, kind, ...rest } = whole;
      return api.change(area.id, area.version, area.kind === "bureau" ? rest : { ...rest, kind, ...(to === area.parent ? {} : { parent: to }) });
    },
    onSuccess: () => {
      say(t("areas.saved", { name: format.name(form.name) }));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: areasKey }),
  });
  const fields = save.error instanceof Problem ? save.error.fields : {};
  const blocked = area === undefined ? new Set<number>() : below(all, area.id);
  const above = all.find((a) => a.id === form.parent);
  const kinds = area?.kind === "bureau" ? [] : kindsUnder(above?.kind ?? "bureau");
  const named = Object.values(form.name).some((v) => v.trim() !== "");
  const setName = (lang: string) => (v: string) => setForm({ ...form, name: { ...form.name, [lang]: v } });
  const submit = (e: SyntheticEvent) => {
    e.preventDefault();
    save.mutate();
  };
  return (
    <form className={css.form} onSubmit={submit}>
      {save.isError && <Note tone="bad">{trouble(save.error)}</Note>}
      <Field label={t("areas.nameZh")} value={form.name["zh-CN"] ?? ""} onChange={setName("zh-CN")} autoFocus error={fields.name} />
      <Field label={t("areas.nameEn")} value={form.name.en ?? ""} onChange={setName("en")} />
      {kinds.length > 0 && (
        <>
          <Choice
            label={t("areas.parent")}
            value={String(form.parent)}
            choices={flatten(all)
              .filter((r) => !blocked.has(r.area.id) && kindsUnder(r.area.kind).length > 0)
              .map((r) => ({ id: String(r.area.id), text: `${"\u2003".repeat(r.depth)}${format.name(r.area.name, `#${r.area.id}`)}` }))}
            onChange={(id) => {
              const allowed = kindsUnder(all.find((a) => a.id === Number(id))?.kind ?? "bureau");
              setForm({ ...form, parent: Number(id), kind: allowed.includes(form.kind as never) ? form.kind : (allowed[0] ?? form.kind) });
            }}
            error={fields.parent}
          />
          <Choice label={t("areas.kind")} value={form.kind} choices={kinds.map((k) => ({ id: k, text: t(`area.${k}`) }))} onChange={(kind) => setForm({ ...form, kind })} error={fields.kind} />
        </>
      )}
      <Field label={t("areas.code")} note={t("areas.codeNote")} value={form.code} onChange={(code) => setForm({ ...form, code })} error={fields.code} />
      <DialogFoot>
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <Button type="submit" look="main" isPending={save.isPending} why={named ? undefined : t("areas.nameFirst")}>
          {t("parts.save")}
        </Button>
      </DialogFoot>
    </form>
  );
}

function Remove({ area, onClose }: { area: Area; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const trouble = useTrouble();
  const say = useSay();
  const client = useQueryClient();
  const name = format.name(area.name, `#${area.id}`);
  const remove = useMutation({
    mutationFn: () => api.remove(area.id, area.version),
    onSuccess: () => {
      say(t("areas.removed", { name }));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: areasKey }),
  });
  return (
    <>
      <p>{t("areas.removeNote", { name })}</p>
      {remove.isError && <Note tone="bad">{trouble(remove.error)}</Note>}
      <DialogFoot>
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <Button look="danger" isPending={remove.isPending} onPress={() => remove.mutate()}>
          {t("areas.remove")}
        </Button>
      </DialogFoot>
    </>
  );
}
