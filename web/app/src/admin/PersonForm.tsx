import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { people as api } from "../api/queries";
import { tagsOf } from "../fleet/fields";
import { roles, type Area, type Grant, type NewPerson, type Person } from "../api/types";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import { DialogFoot } from "../parts/Dialog";
import { Choice, Field } from "../parts/Field";
import { Note, useTrouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import css from "./Admin.module.css";
import { flatten } from "./areas";
import { peopleKey } from "./PeopleSection";

interface Props {
  person?: Person;
  areas: Area[];
  onDone: (p: NewPerson) => void;
  onClose: () => void;
}

// PersonForm adds a person or changes one. Rights are roles within areas.
export function PersonForm({ person, areas, onDone, onClose }: Props) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const say = useSay();
  const client = useQueryClient();
  const root = areas.find((a) => a.parent === 0)?.id ?? areas[0]?.id ?? 1;
  const [login, setLogin] = useState(person?.login ?? "");
  const [name, setName] = useState(person?.name ?? "");
  const [grants, setGrants] = useState<Grant[]>(person?.grants ?? [{ role: "officer", area: root }]);
  const [tags, setTags] = useState((person?.tags ?? []).join("; "));
  const save = useMutation({
    mutationFn: async (): Promise<NewPerson> => (person === undefined ? api.add({ login, name, grants, tags: tagsOf(tags) }) : api.change(person.id, person.version, { name, grants, tags: tagsOf(tags) })),
    onSuccess: (saved) => {
      say(t(person === undefined ? "people.added" : "people.saved", { name: saved.name || saved.login }));
      onDone(saved);
    },
    onSettled: () => client.invalidateQueries({ queryKey: peopleKey }),
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const fields = problem?.fields ?? {};
  const taken = problem?.code === "people.login_taken";
  const inGrants = Object.entries(fields).find(([f]) => f.startsWith("grants"))?.[1];
  const submit = (e: SyntheticEvent) => {
    e.preventDefault();
    save.mutate();
  };
  const shown = taken || fields.login !== undefined || fields.name !== undefined || fields.tags !== undefined;
  return (
    <form className={css.form} onSubmit={submit}>
      {save.isError && !shown && <Note tone="bad">{trouble(save.error)}</Note>}
      <Field
        label={t("login.login")}
        note={person === undefined ? t("person.loginNote") : undefined}
        value={login}
        onChange={(v) => setLogin(v.toLowerCase())}
        isRequired
        isDisabled={person !== undefined}
        autoComplete="off"
        autoFocus={person === undefined}
        error={taken ? trouble(save.error) : fields.login}
      />
      <Field label={t("person.name")} value={name} onChange={setName} autoComplete="off" error={fields.name} />
      <Grants grants={grants} setGrants={setGrants} areas={areas} root={root} error={inGrants} />
      <Field label={t("fleet.field.tags")} note={t("person.tagsNote")} value={tags} onChange={setTags} autoComplete="off" error={fields.tags} />
      {person === undefined && <Note>{t("person.passwordNote")}</Note>}
      <DialogFoot>
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <Button type="submit" look="main" isPending={save.isPending} why={login === "" ? t("person.loginFirst") : undefined}>
          {t(person === undefined ? "people.add" : "parts.save")}
        </Button>
      </DialogFoot>
    </form>
  );
}

interface GrantsProps {
  grants: Grant[];
  setGrants: (g: Grant[]) => void;
  areas: Area[];
  root: number;
  error: string | undefined;
}

function Grants({ grants, setGrants, areas, root, error }: GrantsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const put = (i: number, g: Grant) => setGrants(grants.map((old, j) => (j === i ? g : old)));
  const places = flatten(areas).map(({ area, depth }) => ({ id: String(area.id), text: `${"\u2003".repeat(depth)}${format.name(area.name, `#${area.id}`)}` }));
  return (
    <div className={css.grants} role="group" aria-label={t("person.grants")}>
      <span className={css.legend}>{t("person.grants")}</span>
      {grants.map((g, i) => (
        <div key={i} className={css.grant}>
          <Choice label={t("person.role")} hideLabel value={g.role} choices={roles.map((r) => ({ id: r, text: t(`role.${r}`) }))} onChange={(role) => put(i, { ...g, role })} />
          <Choice label={t("person.area")} hideLabel value={String(g.area)} choices={places} onChange={(id) => put(i, { ...g, area: Number(id) })} />
          <Button look="quiet" icon={<X />} label={t("person.dropGrant")} onPress={() => setGrants(grants.filter((_, j) => j !== i))} />
        </div>
      ))}
      {grants.length === 0 && <Note tone="warn">{t("person.noGrants")}</Note>}
      {error !== undefined && <Note tone="bad">{error}</Note>}
      <div>
        <Button icon={<Plus />} onPress={() => setGrants([...grants, { role: "officer", area: root }])}>
          {t("person.addGrant")}
        </Button>
      </div>
    </div>
  );
}
