import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowUp, Plus, Trash2, X } from "lucide-react";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { zoneKinds } from "../api/ground";
import { areas } from "../api/queries";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import { Choice, Field } from "../parts/Field";
import { Bones, Note, Switch, Trouble, useTrouble } from "../parts/parts";
import { Pick, type PickItem } from "../parts/Pick";
import { useSay } from "../parts/toast";
import css from "./Plans.module.css";
import { classes, emptyKey, faults, fieldsOf, formOf, mostKeys, moved, ways, type KeyFault, type KeyForm, type RankingForm, type Way } from "./ranking";
import { plans, type Ranking } from "./requests";

interface Props {
  teams: PickItem[];
  themes: readonly string[];
  onClose: () => void;
}

// RankingPanel says what the patrols of a team, or of all, see first.
export function RankingPanel({ teams, themes, onClose }: Props) {
  const { t } = useTranslation();
  const list = useQuery({ queryKey: ["plans", "rankings"], queryFn: ({ signal }) => plans.rankings(signal) });
  const [team, setTeam] = useState<string | null>(null);
  if (list.data === undefined) return list.isError ? <Trouble error={list.error} /> : <Bones lines={6} />;
  const was = list.data.find((r) => (r.team === null ? null : String(r.team)) === team) ?? null;
  return (
    <div className={css.spotForm}>
      <h2>{t("plans.ranking.title")}</h2>
      <Pick label={t("plans.ranking.team")} value={team} items={teams} onChange={setTeam} placeholder={t("plans.ranking.bureau")} />
      <RankingEditor key={`${team ?? ""} ${was?.version ?? 0}`} was={was} team={team} themes={themes} onClose={onClose} />
    </div>
  );
}

function RankingEditor({ was, team, themes, onClose }: { was: Ranking | null; team: string | null; themes: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const say = useSay();
  const client = useQueryClient();
  const [form, setForm] = useState<RankingForm>(was === null ? { team, keys: [] } : formOf(was));
  const [tried, setTried] = useState(false);
  const over = (words: string) => {
    say(words);
    void client.invalidateQueries({ queryKey: ["plans"] });
    onClose();
  };
  const save = useMutation({ mutationFn: () => plans.saveRanking(was, fieldsOf({ ...form, team })), onSuccess: () => over(t("plans.ranking.saved")) });
  const remove = useMutation({ mutationFn: (r: Ranking) => plans.removeRanking(r), onSuccess: () => over(t("plans.ranking.removed")) });
  const failed = save.error ?? remove.error;
  const set = (i: number, next: Partial<KeyForm>) => setForm({ ...form, keys: form.keys.map((k, n) => (n === i ? { ...k, ...next } : k)) });
  const submit = (e: SyntheticEvent) => {
    e.preventDefault();
    setTried(true);
    if (form.keys.length > 0 && form.keys.every((k) => faults(k).length === 0)) save.mutate();
  };
  return (
    <form className={css.spotForm} onSubmit={submit}>
      {failed !== null && <Note tone="bad">{trouble(failed)}</Note>}
      <div className={css.spotFields}>
        <p className={css.dim}>{t("plans.ranking.note")}</p>
        <ol className={css.keys}>
          {form.keys.map((k, i) => (
            <KeyEditor
              key={i}
              n={i + 1}
              form={k}
              wrong={tried ? faults(k) : []}
              themes={themes}
              set={(next) => set(i, next)}
              onUp={i > 0 ? () => setForm({ ...form, keys: moved(form.keys, i) }) : null}
              onRemove={() => setForm({ ...form, keys: form.keys.filter((_, n) => n !== i) })}
            />
          ))}
        </ol>
        {form.keys.length < mostKeys && (
          <Button icon={<Plus />} onPress={() => setForm({ ...form, keys: [...form.keys, emptyKey("areas")] })}>
            {t("plans.ranking.add")}
          </Button>
        )}
      </div>
      <footer className={css.spotFoot}>
        {was !== null && <Button look="quiet" icon={<Trash2 />} label={t("plans.ranking.remove")} isPending={remove.isPending} onPress={() => remove.mutate(was)} />}
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <Button type="submit" look="main" isPending={save.isPending} isDisabled={form.keys.length === 0}>
          {t("parts.save")}
        </Button>
      </footer>
    </form>
  );
}

interface KeyProps {
  n: number;
  form: KeyForm;
  wrong: readonly KeyFault[];
  themes: readonly string[];
  set: (next: Partial<KeyForm>) => void;
  onUp: (() => void) | null;
  onRemove: () => void;
}

function KeyEditor({ n, form, wrong, themes, set, onUp, onRemove }: KeyProps) {
  const { t } = useTranslation();
  const items = useItems(form.by, themes);
  const error = (name: KeyFault) => (wrong.includes(name) ? t(`plans.ranking.wrong.${name}`) : undefined);
  const text = (id: string) => items.find((i) => i.id === id)?.text ?? id;
  return (
    <li className={css.key}>
      <header>
        <b>{t("plans.ranking.key", { n })}</b>
        {onUp !== null && <Button look="quiet" icon={<ArrowUp />} label={t("plans.ranking.up", { n })} onPress={onUp} />}
        <Button look="quiet" icon={<Trash2 />} label={t("plans.ranking.removeKey", { n })} onPress={onRemove} />
      </header>
      <Choice<Way> label={t("plans.ranking.by")} value={form.by} choices={ways.map((id) => ({ id, text: t(`plans.ranking.way.${id}`) }))} onChange={(by) => set({ by, chosen: [] })} />
      {form.by === "water" ? (
        <Field label={t("plans.ranking.within")} value={form.within} onChange={(within) => set({ within })} inputMode="numeric" error={error("within")} />
      ) : (
        <>
          <Pick
            label={t(`plans.ranking.which.${form.by}`)} value={null} items={items.filter((i) => !form.chosen.includes(i.id))} placeholder={form.by === "spots" && form.chosen.length === 0 ? t("plans.ranking.allSpots") : t("plans.ranking.choose")}
            onChange={(id) => id !== null && set({ chosen: [...form.chosen, id] })} error={error("chosen")}
          />
          {form.chosen.length > 0 && (
            <ul className={css.chips}>
              {form.chosen.map((id) => (
                <li key={id}>
                  <button type="button" onClick={() => set({ chosen: form.chosen.filter((x) => x !== id) })} aria-label={t("plans.ranking.without", { name: text(id) })}>
                    {text(id)} <X aria-hidden />
                  </button>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
      <Switch on={form.not} onChange={(not) => set({ not })}>
        {t("plans.ranking.not")}
      </Switch>
      <div className={css.pair}>
        <Field label={t("plans.ranking.firstZh")} value={form.first.zh} onChange={(zh) => set({ first: { ...form.first, zh } })} autoComplete="off" error={error("first")} />
        <Field label={t("plans.ranking.firstEn")} value={form.first.en} onChange={(en) => set({ first: { ...form.first, en } })} autoComplete="off" />
        <Field label={t("plans.ranking.thenZh")} value={form.then.zh} onChange={(zh) => set({ then: { ...form.then, zh } })} autoComplete="off" />
        <Field label={t("plans.ranking.thenEn")} value={form.then.en} onChange={(en) => set({ then: { ...form.then, en } })} autoComplete="off" />
      </div>
    </li>
  );
}

// useItems is what there is to choose from for a way to tell.
function useItems(by: Way, themes: readonly string[]): PickItem[] {
  const { t } = useTranslation();
  const format = useFormat();
  const tree = useQuery({ queryKey: ["areas"], queryFn: ({ signal }) => areas.list(signal), enabled: by === "areas" });
  switch (by) {
    case "areas":
      return (tree.data ?? []).map((a) => ({ id: String(a.id), text: format.name(a.name), note: t(`area.${a.kind}`) }));
    case "classes":
      return classes.map((id) => ({ id, text: id === "waterway" ? t("plans.ranking.waterway") : t(`street.${id}`) }));
    case "zones":
      return zoneKinds.map((id) => ({ id, text: t(`zones.kind.${id}`) }));
    case "spots":
      return themes.map((id) => ({ id, text: id }));
    case "water":
      return [];
  }
}
