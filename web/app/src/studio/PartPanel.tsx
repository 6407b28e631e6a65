import { Brush, Combine, Lock, LockOpen } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Part } from "../api/drafts";
import { useFormat } from "../i18n/format";
import { useTeams } from "../map/ground";
import { Button } from "../parts/Button";
import { Choice, Field } from "../parts/Field";
import { Panel } from "../parts/Panel";
import { Pick } from "../parts/Pick";
import { Note } from "../parts/parts";
import { Kinds } from "../zones/Kinds";
import { compactness } from "./board";
import { useDraft, usePieces, useStudio, useWords } from "./context";
import css from "./Studio.module.css";

export function PartPanel({ id, onClose }: { id: number; onClose: () => void }) {
  const part = useDraft((s) => s.parts.get(id));
  const words = useWords();
  const hue = useDraft((s) => s.colors.get(id) ?? 0);
  if (part === undefined) return null;
  return (
    <Panel
      onClose={onClose}
      title={
        <span className={css.with}>
          <i className={css.swatch} style={{ background: `var(--map-part-${hue})` }} />
          {words.part(id)}
        </span>
      }
    >
      <Facts part={part} />
      <Acts part={part} />
      <Form key={`${part.id}:${JSON.stringify([part.name, part.team, part.member, part.tasks, part.staffing])}`} part={part} />
    </Panel>
  );
}

function Facts({ part }: { part: Part }) {
  const { t } = useTranslation();
  const studio = useStudio();
  const words = useWords();
  const format = useFormat();
  useDraft((s) => s.paints);
  const totals = studio.board.totals.get(part.id);
  const pieces = usePieces().get(part.id) ?? 1;
  if (totals === undefined || totals.units === 0) return <Note tone="warn">{t("studio.emptyPart")}</Note>;
  return (
    <>
      <dl className={css.facts}>
        <dt>{t("studio.work")}</dt>
        <dd>{words.minutes(studio.minutes(part.id))}</dd>
        <dt>{t("studio.area")}</dt>
        <dd>{words.area(totals.areaM2)}</dd>
        <dt>{t("studio.units")}</dt>
        <dd>{format.number(totals.units)}</dd>
        <dt title={t("studio.compactNote")}>{t("studio.compact")}</dt>
        <dd>{words.ratio(compactness(totals))}</dd>
      </dl>
      <Kinds of={part.objects} />
      {pieces > 1 && <Note tone="warn">{t("studio.pieces", { count: pieces })}</Note>}
    </>
  );
}

function Acts({ part }: { part: Part }) {
  const { t } = useTranslation();
  const studio = useStudio();
  const words = useWords();
  const [merging, setMerging] = useState(false);
  useDraft((s) => s.preview);
  const no = studio.locked === null ? undefined : t(studio.locked === "phone" ? "studio.lookOnly" : "studio.notOpen");
  if (studio.readOnly) return null;
  const beside = [...(studio.board.borders().get(part.id) ?? [])].sort((a, b) => b[1] - a[1]);
  const mean = studio.minutes(part.id);
  return (
    <>
      <div className={css.acts}>
        <Button icon={<Brush />} why={no ?? (part.locked ? t("studio.paintLocked", { part: words.part(part.id) }) : undefined)} onPress={() => studio.set({ tool: "paint" })}>
          {t("studio.tool.paint")}
        </Button>
        <Button icon={<Combine />} aria-expanded={merging} why={no ?? (part.locked ? t("studio.paintLocked", { part: words.part(part.id) }) : beside.length === 0 ? t("studio.noNeighbour") : undefined)} onPress={() => setMerging(!merging)}>
          {t("studio.merge")}
        </Button>
        <Button icon={part.locked ? <LockOpen /> : <Lock />} why={no} onPress={() => studio.edit({ op: "lock", part: part.id, locked: !part.locked })}>
          {t(part.locked ? "studio.unlock" : "studio.lock")}
        </Button>
      </div>
      {merging && (
        <ul className={css.mergeList}>
          {beside.map(([other]) => (
            <li key={other}>
              <Button
                wide
                look="quiet"
                onPress={() => {
                  setMerging(false);
                  studio.edit({ op: "merge_parts", parts: [part.id, other] });
                }}
              >
                <span>{t("studio.mergeWith", { part: words.part(other) })}</span>
                <small>{t("studio.together", { minutes: words.minutes(mean + studio.minutes(other)) })}</small>
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const template = { liaison: 1, officers: 2, supervisors: 2 }; // the "1-2-2" of a community

function Form({ part }: { part: Part }) {
  const { t } = useTranslation();
  const studio = useStudio();
  const words = useWords();
  const teams = useTeams() ?? [];
  const members = useDraft((s) => s.members);
  const [zh, setZh] = useState(part.name["zh-CN"] ?? part.name.zh ?? "");
  const [en, setEn] = useState(part.name.en ?? part.name[""] ?? "");
  const [team, setTeam] = useState(part.team === null ? "" : String(part.team));
  const [member, setMember] = useState<string | null>(part.member === null ? null : String(part.member.id));
  const [tasks, setTasks] = useState(part.tasks.join(", "));
  const [staff, setStaff] = useState(part.staffing);
  const name = { ...(zh.trim() === "" ? {} : { "zh-CN": zh.trim() }), ...(en.trim() === "" ? {} : { en: en.trim() }) };
  const list = tasks.split(/[,，、]/).map((x) => x.trim()).filter(Boolean);
  const renamed = (name["zh-CN"] ?? "") !== (part.name["zh-CN"] ?? "") || (name.en ?? "") !== (part.name.en ?? "");
  const assigned = team !== (part.team === null ? "" : String(part.team)) || member !== (part.member === null ? null : String(part.member.id)) || list.join() !== part.tasks.join() || JSON.stringify(staff) !== JSON.stringify(part.staffing);
  const candidates = members.filter((m) => team === "" || m.team === null || m.team === Number(team));
  const save = () => {
    studio.edit(
      ...(renamed ? [{ op: "rename", part: part.id, name } as const] : []),
      ...(assigned ? [{ op: "assign", part: part.id, team: team === "" ? null : Number(team), member: member === null ? null : Number(member), tasks: list, ...(staff === null ? {} : { staffing: staff }) } as const] : []),
    );
  };
  if (studio.readOnly || studio.locked === "state")
    return (
      <dl className={css.facts}>
        <dt>{t("grids.team")}</dt>
        <dd>{words.team(part.team)}</dd>
        <dt>{t("grids.member")}</dt>
        <dd>{part.member?.name ?? t("grids.nobody")}</dd>
        <dt>{t("grids.tasks")}</dt>
        <dd>{part.tasks.join(", ")}</dd>
      </dl>
    );
  return (
    <form
      className={css.form}
      onSubmit={(e) => {
        e.preventDefault();
        if (renamed || assigned) save();
      }}
    >
      <div className={css.pair}>
        <Field label={t("areas.nameZh")} value={zh} onChange={setZh} maxLength={60} />
        <Field label={t("areas.nameEn")} value={en} onChange={setEn} maxLength={60} />
      </div>
      <Choice label={t("grids.team")} value={team} choices={[{ id: "", text: t("studio.noTeam") }, ...teams.map((x) => ({ id: String(x.id), text: words.names(x.name, x.code) }))]} onChange={setTeam} />
      {(members.length > 0 || part.member !== null) && (
        <Pick
          label={t("grids.member")}
          value={member}
          items={[...(part.member !== null && !candidates.some((c) => c.id === part.member?.id) ? [{ id: String(part.member.id), text: part.member.name }] : []), ...candidates.map((c) => ({ id: String(c.id), text: c.name, note: c.team === null ? "" : words.team(c.team) }))]}
          onChange={setMember}
          placeholder={t("grids.nobody")}
        />
      )}
      <Field label={t("grids.tasks")} note={t("studio.tasksNote")} value={tasks} onChange={setTasks} maxLength={300} />
      <div className={css.staff}>
        <span>
          <b>{t("studio.staffing")}</b>
          <small>{staff === null ? t("studio.noStaffing") : t("studio.staffed", { ...staff })}</small>
        </span>
        <Button onPress={() => setStaff(staff === null ? template : null)}>{t(staff === null ? "studio.staff122" : "studio.staffNone")}</Button>
      </div>
      {(renamed || assigned) && (
        <Button look="main" wide type="submit">
          {t("parts.save")}
        </Button>
      )}
    </form>
  );
}
