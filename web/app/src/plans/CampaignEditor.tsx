import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Crosshair, MapPin, Plus, Search, Trash2, X } from "lucide-react";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Team } from "../api/ground";
import { areas } from "../api/queries";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import { Field } from "../parts/Field";
import { Note, Switch, useTrouble } from "../parts/parts";
import { Pick } from "../parts/Pick";
import { useSay } from "../parts/toast";
import { useSession } from "../session/session";
import { days } from "../zones/week";
import { faults, fieldsOf, lengthOf, sameRoad, type CampaignFault, type CampaignForm } from "./campaigns";
import type { Aim } from "./CampaignsView";
import css from "./Plans.module.css";
import { plans, type Campaign, type CampaignRoad } from "./requests";

interface Props {
  campaign: Campaign | null; // null: a new one
  form: CampaignForm;
  set: (f: CampaignForm) => void;
  aim: Aim;
  setAim: (a: Aim) => void;
  found: readonly CampaignRoad[];
  setFound: (r: readonly CampaignRoad[]) => void;
  add: (r: CampaignRoad) => void;
  box: () => string;
  teams: Team[];
  onClose: (saved?: number) => void;
}

// CampaignEditor is the form of a campaign; its roads and its meeting point come from the
// map, roads also by name.
export function CampaignEditor({ campaign, form, set, aim, setAim, found, setFound, add, box, teams, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { time_zone } = useSession();
  const trouble = useTrouble();
  const say = useSay();
  const client = useQueryClient();
  const [tried, setTried] = useState(false);
  const [text, setText] = useState("");
  const tree = useQuery({ queryKey: ["areas"], queryFn: ({ signal }) => areas.list(signal) });
  const officers = useQuery({ queryKey: ["plans", "campaign-officers"], queryFn: ({ signal }) => plans.campaignOfficers(signal) });
  const change = (next: Partial<CampaignForm>) => set({ ...form, ...next });
  const error = (name: CampaignFault) => (tried && faults(form).includes(name) ? t(`plans.campaigns.wrong.${name}`) : undefined);
  const save = useMutation({
    mutationFn: () => plans.saveCampaign(campaign, fieldsOf(form, time_zone)),
    onSuccess: (c) => {
      say(t("plans.campaigns.saved"));
      void client.invalidateQueries({ queryKey: ["plans"] });
      onClose(c.id);
    },
  });
  const remove = useMutation({
    mutationFn: (c: Campaign) => plans.removeCampaign(c),
    onSuccess: () => {
      say(t("plans.campaigns.removed"));
      void client.invalidateQueries({ queryKey: ["plans"] });
      onClose();
    },
  });
  const find = useMutation({ mutationFn: () => plans.campaignStreets({ name: text.trim(), bbox: box() }), onSuccess: (list) => setFound(list.filter((r) => !form.roads.some((x) => sameRoad(x, r)))) });
  const submit = (e: SyntheticEvent) => {
    e.preventDefault();
    setTried(true);
    if (faults(form).length === 0) save.mutate();
  };
  const failed = save.error ?? remove.error ?? find.error;
  const street = (r: CampaignRoad) => (r.name === "" ? t("plans.unnamed") : r.name);
  const flip = <T,>(list: readonly T[], one: T): T[] => (list.includes(one) ? list.filter((x) => x !== one) : [...list, one]);
  return (
    <form className={css.spotForm} onSubmit={submit} noValidate>
      <h2>{t(campaign === null ? "plans.campaigns.new" : "plans.campaigns.edit")}</h2>
      {failed !== null && <Note tone="bad">{trouble(failed)}</Note>}
      {tried && faults(form).length > 0 && <Note tone="bad">{faults(form).map((f) => t(`plans.campaigns.wrong.${f}`)).join(" ")}</Note>}
      <div className={css.spotFields}>
        <Field label={t("areas.nameZh")} value={form.zh} onChange={(zh) => change({ zh })} autoComplete="off" error={error("name")} />
        <Field label={t("areas.nameEn")} value={form.en} onChange={(en) => change({ en })} autoComplete="off" />
        <Pick label={t("plans.campaigns.area")} value={form.area} items={(tree.data ?? []).map((a) => ({ id: String(a.id), text: format.name(a.name) }))} onChange={(area) => change({ area })} error={error("area")} />
        {form.kept !== null ? (
          <Note>
            {t("plans.campaigns.kept")}{" "}
            <Button look="quiet" onPress={() => change({ kept: null })}>{t("plans.spots.anew")}</Button>
          </Note>
        ) : (
          <>
            <Field label={t("plans.campaigns.hours")} placeholder="08:30-11:30" value={form.hours} onChange={(hours) => change({ hours })} autoComplete="off" error={error("hours")} />
            <fieldset className={css.weekdays}>
              <legend>{t("plans.spots.weekdays")}</legend>
              {days.map((d) => (
                <button key={d} type="button" aria-pressed={form.weekdays.includes(d)} onClick={() => change({ weekdays: days.filter((x) => (x === d) !== form.weekdays.includes(x)) })}>
                  {t(`zoneEdit.day.${d}`)}
                </button>
              ))}
            </fieldset>
            {form.weekdays.length > 0 && <Switch on={form.holidays} onChange={(holidays) => change({ holidays })}>{t("plans.spots.holidays")}</Switch>}
          </>
        )}
        <Switch on={form.paused} onChange={(paused) => change({ paused })}>{t("plans.campaigns.pause")}</Switch>

        <h3>{t("plans.campaigns.roads")}</h3>
        <p className={css.spotAt} data-bad={error("roads") !== undefined}><MapPin aria-hidden /> {t("plans.campaigns.clickRoad")}</p>
        <div className={css.campaignFind}>
          <Field label={t("plans.campaigns.findRoad")} value={text} onChange={setText} autoComplete="off" onKeyDown={(e) => { if (e.key === "Enter") { e.preventDefault(); if (text.trim() !== "") find.mutate(); } }} />
          <Button icon={<Search />} label={t("plans.campaigns.search")} isPending={find.isPending} why={text.trim() === "" ? t("plans.campaigns.typeName") : undefined} onPress={() => find.mutate()} />
        </div>
        {find.data?.length === 0 && <p className={css.dim}>{t("plans.campaigns.noneFound")}</p>}
        <ul className={css.campaignList}>
          {found.map((r, i) => (
            <li key={`f${i}`} data-found="true">
              <span>{street(r)}<small>{format.distance(lengthOf(r))}</small></span>
              <Button look="quiet" icon={<Plus />} label={t("plans.campaigns.addRoad", { name: street(r) })} onPress={() => add({ ...r, both: true })} />
            </li>
          ))}
          {form.roads.map((r, i) => (
            <li key={i}>
              <span>{street(r)}<small>{format.distance(lengthOf(r))}</small></span>
              <Switch on={r.both} onChange={(both) => change({ roads: form.roads.map((x, k) => (k === i ? { ...x, both } : x)) })}>{t("plans.campaigns.both")}</Switch>
              <Button look="quiet" icon={<X />} label={t("plans.campaigns.dropRoad", { name: street(r) })} onPress={() => change({ roads: form.roads.filter((_, k) => k !== i) })} />
            </li>
          ))}
        </ul>
        <p className={css.spotAt} data-bad={error("meet") !== undefined}><MapPin aria-hidden /> {form.meet === null ? t("plans.campaigns.noMeet") : t("plans.campaigns.meetAt", { at: `${form.meet[1]}, ${form.meet[0]}` })}</p>
        <Button icon={<Crosshair />} onPress={() => setAim(aim === "meet" ? "road" : "meet")}>{t(aim === "meet" ? "plans.campaigns.clickMeet" : "plans.campaigns.setMeet")}</Button>

        <h3>{t("plans.campaigns.people")}</h3>
        <fieldset className={css.weekdays}>
          <legend>{t("plans.campaigns.teams")}</legend>
          {teams.map((x) => (
            <button key={x.id} type="button" aria-pressed={form.teams.includes(x.id)} onClick={() => change({ teams: flip(form.teams, x.id) })}>{format.name(x.name)}</button>
          ))}
        </fieldset>
        <Pick label={t("plans.campaigns.addPerson")} value={null} items={(officers.data ?? []).filter((o) => !form.people.includes(o.id)).map((o) => ({ id: String(o.id), text: o.name, note: o.tags.join(", ") }))} onChange={(id) => { if (id !== null) change({ people: [...form.people, Number(id)] }); }} error={error("people")} />
        <ul className={css.campaignList}>
          {form.people.map((id) => {
            const name = officers.data?.find((o) => o.id === id)?.name ?? String(id);
            return (
              <li key={id}>
                <span>{name}</span>
                <Button look="quiet" icon={<X />} label={t("plans.campaigns.dropPerson", { name })} onPress={() => change({ people: form.people.filter((x) => x !== id) })} />
              </li>
            );
          })}
        </ul>
        <Switch on={form.alone} onChange={(alone) => change({ alone })}>{t("plans.campaigns.alone")}</Switch>
        {!form.alone && <p className={css.dim}>{t("plans.campaigns.rule")}</p>}
        {!form.alone && <Field label={t("plans.campaigns.tag")} note={t("plans.campaigns.tagNote")} value={form.tag} onChange={(tag) => change({ tag })} autoComplete="off" />}
        <Field label={t("plans.campaigns.pace")} value={form.pace} onChange={(pace) => change({ pace })} inputMode="numeric" error={error("pace")} />

        <h3>{t("plans.campaigns.checklist")}</h3>
        <label className={css.campaignText}>
          <span>{t("plans.campaigns.checklistNote")}</span>
          <textarea rows={8} value={form.checklist} maxLength={20_000} onChange={(e) => change({ checklist: e.target.value })} aria-invalid={error("checklist") !== undefined} />
        </label>
      </div>
      <footer className={css.spotFoot}>
        {campaign !== null && <Button look="quiet" icon={<Trash2 />} label={t("plans.campaigns.remove")} isPending={remove.isPending} onPress={() => remove.mutate(campaign)} />}
        <Button onPress={() => onClose()}>{t("parts.cancel")}</Button>
        <Button type="submit" look="main" isPending={save.isPending}>{t("parts.save")}</Button>
      </footer>
    </form>
  );
}
