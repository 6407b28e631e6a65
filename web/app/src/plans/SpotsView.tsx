import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ListOrdered, MapPin, MapPinOff, Plus, Trash2 } from "lucide-react";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { ground } from "../api/ground";
import { city } from "../api/queries";
import { useFormat } from "../i18n/format";
import { teamsKey } from "../map/ground";
import { Button } from "../parts/Button";
import { Field } from "../parts/Field";
import { Bones, Empty, Note, Switch, Trouble, useTrouble } from "../parts/parts";
import { Pick } from "../parts/Pick";
import { useSay } from "../parts/toast";
import { useSession } from "../session/session";
import { days } from "../zones/week";
import css from "./Plans.module.css";
import { RankingPanel } from "./RankingPanel";
import { plans, type Spot } from "./requests";
import { emptySpot, faults, fieldsOf, formOf, type SpotFault, type SpotForm } from "./spots";
import { SpotsMap } from "./SpotsMap";

const key = ["plans", "spots"];

// SpotsView is the spots that patrols call at: the list, and the form of one.
export function SpotsView() {
  const { t } = useTranslation();
  const format = useFormat();
  const info = useQuery({ queryKey: ["map"], queryFn: ({ signal }) => city.map(signal) });
  const list = useQuery({ queryKey: key, queryFn: ({ signal }) => plans.spots(signal) });
  const teams = useQuery({ queryKey: teamsKey, queryFn: ({ signal }) => ground.teams(signal) });
  const [open, setOpen] = useState<{ spot: Spot | null; form: SpotForm } | null>(null);
  const [ranking, setRanking] = useState(false);
  const spots = list.data ?? [];
  if (info.data === undefined) return info.isError ? <Empty icon={<MapPinOff />} title={t("plans.patrol.noMap")} /> : <Bones lines={6} />;
  const teamOf = (id: number) => format.name(teams.data?.find((x) => x.id === id)?.name ?? {});
  const note = (s: Spot) => {
    const { hours, weekdays, kept } = formOf(s);
    const when = kept !== null ? t("plans.spots.ownHours") : hours === "" ? t("plans.spots.onPatrol") : [weekdays.map((d) => t(`zoneEdit.day.${d as "Mo"}`)).join(" "), hours].filter((x) => x !== "").join(" ");
    return [s.theme, teamOf(s.team), when].filter((x) => x !== "").join(" · ");
  };
  return (
    <div className={css.patrol}>
      <div className={css.mapBox}>
        <SpotsMap
          info={info.data}
          spots={spots}
          chosen={open?.spot?.id ?? null}
          at={open?.form.at ?? null}
          onPlace={(at) => setOpen((o) => (o === null ? { spot: null, form: { ...emptySpot(only(teams.data)), at } } : { ...o, form: { ...o.form, at } }))}
        />
      </div>
      <aside className={css.side}>
        {list.isError && <Trouble error={list.error} />}
        {ranking ? (
          <RankingPanel teams={(teams.data ?? []).map((x) => ({ id: String(x.id), text: format.name(x.name) }))} themes={[...new Set(spots.map((s) => s.theme).filter((x) => x !== ""))].sort()} onClose={() => setRanking(false)} />
        ) : open === null ? (
          <>
            <Button icon={<Plus />} onPress={() => setOpen({ spot: null, form: emptySpot(only(teams.data)) })}>
              {t("plans.spots.add")}
            </Button>
            <Button icon={<ListOrdered />} onPress={() => setRanking(true)}>
              {t("plans.ranking.title")}
            </Button>
            <h2>{t("plans.spots.count", { count: spots.length })}</h2>
            {spots.length === 0 && list.data !== undefined && <p className={css.dim}>{t("plans.spots.none")}</p>}
            <ul className={css.unseen}>
              {spots.map((s) => (
                <li key={s.id}>
                  <button type="button" onClick={() => setOpen({ spot: s, form: formOf(s) })}>
                    <b>{format.name(s.name)}</b>
                    <span>{t("plans.spots.times", { count: s.visits })}</span>
                    <span>{note(s)}</span>
                  </button>
                </li>
              ))}
            </ul>
          </>
        ) : (
          <SpotEditor key={open.spot?.id ?? 0} spot={open.spot} form={open.form} set={(form) => setOpen({ ...open, form })} teams={(teams.data ?? []).map((x) => ({ id: String(x.id), text: format.name(x.name) }))} onClose={() => setOpen(null)} />
        )}
      </aside>
    </div>
  );
}

const only = (teams: readonly { id: number }[] | undefined) => (teams?.length === 1 ? String(teams[0]?.id) : null);

interface EditorProps {
  spot: Spot | null; // null: a new one
  form: SpotForm;
  set: (f: SpotForm) => void;
  teams: { id: string; text: string }[];
  onClose: () => void;
}

function SpotEditor({ spot, form, set, teams, onClose }: EditorProps) {
  const { t } = useTranslation();
  const { time_zone } = useSession();
  const trouble = useTrouble();
  const say = useSay();
  const client = useQueryClient();
  const [tried, setTried] = useState(false);
  const change = (next: Partial<SpotForm>) => set({ ...form, ...next });
  const error = (name: SpotFault) => (tried && faults(form).includes(name) ? t(`plans.spots.wrong.${name}`) : undefined);
  const over = (words: string) => {
    say(words);
    void client.invalidateQueries({ queryKey: ["plans"] });
    onClose();
  };
  const save = useMutation({
    mutationFn: () => plans.saveSpot(spot, fieldsOf(form, time_zone)),
    onSuccess: () => over(t("plans.spots.saved")),
  });
  const remove = useMutation({
    mutationFn: (s: Spot) => plans.removeSpot(s),
    onSuccess: () => over(t("plans.spots.removed")),
  });
  const submit = (e: SyntheticEvent) => {
    e.preventDefault();
    setTried(true);
    if (faults(form).length === 0) save.mutate();
  };
  const failed = save.error ?? remove.error;
  return (
    <form className={css.spotForm} onSubmit={submit}>
      <h2>{t(spot === null ? "plans.spots.new" : "plans.spots.edit")}</h2>
      {failed !== null && <Note tone="bad">{trouble(failed)}</Note>}
      <div className={css.spotFields}>
        <Field label={t("areas.nameZh")} value={form.zh} onChange={(zh) => change({ zh })} autoComplete="off" error={error("name")} />
        <Field label={t("areas.nameEn")} value={form.en} onChange={(en) => change({ en })} autoComplete="off" />
        <Field label={t("plans.spots.theme")} note={t("plans.spots.themeNote")} value={form.theme} onChange={(theme) => change({ theme })} autoComplete="off" />
        <p className={css.spotAt} data-bad={error("at") !== undefined}>
          <MapPin aria-hidden /> {form.at === null ? t("plans.spots.clickMap") : `${form.at[1]}, ${form.at[0]}`}
        </p>
        <Pick label={t("plans.spots.team")} value={form.team} items={teams} onChange={(team) => change({ team })} error={error("team")} />
        <Field label={t("plans.spots.visits")} value={form.visits} onChange={(visits) => change({ visits })} inputMode="numeric" error={error("visits")} />
        <Field label={t("plans.spots.stay")} value={form.stay} onChange={(stay) => change({ stay })} inputMode="numeric" error={error("stay")} />
        {form.kept !== null ? (
          <Note>
            {t("plans.spots.kept")}{" "}
            <Button look="quiet" onPress={() => change({ kept: null })}>
              {t("plans.spots.anew")}
            </Button>
          </Note>
        ) : (
          <>
            <Field label={t("plans.spots.hours")} note={t("plans.spots.hoursNote")} placeholder="20:00-02:00" value={form.hours} onChange={(hours) => change({ hours })} autoComplete="off" error={error("hours")} />
            <fieldset className={css.weekdays}>
              <legend>{t("plans.spots.weekdays")}</legend>
              {days.map((d) => (
                <button key={d} type="button" aria-pressed={form.weekdays.includes(d)} onClick={() => change({ weekdays: days.filter((x) => (x === d) !== form.weekdays.includes(x)) })}>
                  {t(`zoneEdit.day.${d}`)}
                </button>
              ))}
            </fieldset>
            {form.weekdays.length > 0 && (
              <Switch on={form.holidays} onChange={(holidays) => change({ holidays })}>
                {t("plans.spots.holidays")}
              </Switch>
            )}
          </>
        )}
      </div>
      <footer className={css.spotFoot}>
        {spot !== null && <Button look="quiet" icon={<Trash2 />} label={t("plans.spots.remove")} isPending={remove.isPending} onPress={() => remove.mutate(spot)} />}
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <Button type="submit" look="main" isPending={save.isPending}>
          {t("parts.save")}
        </Button>
      </footer>
    </form>
  );
}
