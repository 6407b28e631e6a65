import { Circle, Hexagon, Magnet, PenLine, Redo2, Route, SquareDashed, Trash2, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ruleKinds, sides, zoneClasses, type RuleKind, type Side, type ZoneAnswer, type ZoneClass, type ZoneKindInfo } from "../api/zones";
import { zoneKinds, type ZoneKind } from "../api/ground";
import { useFormat } from "../i18n/format";
import { useLive } from "../live/LiveProvider";
import ground from "../map/Ground.module.css";
import { Button } from "../parts/Button";
import { Choice, Field } from "../parts/Field";
import { Panel } from "../parts/Panel";
import { Badge, Segments, Trouble } from "../parts/parts";
import { emptySketch, lackOf, ofKind, type Form } from "./form";
import { HoursFields } from "./HoursFields";
import { isEmpty, type Shape } from "./sketch";
import css from "./Zones.module.css";

export interface ZonePanelProps {
  form: Form;
  set: (f: Form) => void;
  kinds: ZoneKindInfo[];
  answer: ZoneAnswer | undefined;
  at: string;
  setAt: (at: string) => void;
  drawing: boolean;
  setDrawing: (on: boolean) => void;
  finish: () => void;
  snap: () => void;
  snapping: boolean;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
  changed: boolean;
  save: () => void;
  saving: boolean;
  remove: () => void;
  error: unknown;
  detail: string;
  readOnly: boolean;
  onClose: () => void;
}

// ZonePanel is the form of one zone.
export function ZonePanel(p: ZonePanelProps) {
  const { t } = useTranslation();
  const { form, set, kinds } = p;
  const [sure, setSure] = useState(false);
  const lack = lackOf(form);
  const info = kinds.find((k) => k.kind === form.kind);
  return (
    <Panel
      title={form.id === null ? t("zoneEdit.new") : t("zoneEdit.edit")}
      onClose={p.onClose}
      className={css.form}
      actions={
        !p.readOnly && (
          <>
            <Button look="quiet" icon={<Undo2 />} label={t("zoneEdit.undo")} keys="Ctrl+Z" why={p.canUndo ? undefined : t("studio.nothingToUndo")} onPress={p.undo} />
            <Button look="quiet" icon={<Redo2 />} label={t("zoneEdit.redo")} keys="Ctrl+Shift+Z" why={p.canRedo ? undefined : t("studio.nothingToRedo")} onPress={p.redo} />
          </>
        )
      }
    >
      <fieldset className={css.fields} disabled={p.readOnly}>
        <div className={css.pair}>
          <Field label={t("zoneEdit.nameZh")} value={form.names["zh-CN"] ?? ""} onChange={(v) => set({ ...form, names: { ...form.names, "zh-CN": v } })} maxLength={200} />
          <Field label={t("zoneEdit.nameEn")} value={form.names.en ?? ""} onChange={(v) => set({ ...form, names: { ...form.names, en: v } })} maxLength={200} />
        </div>
        <Kinds value={form.kind} onChange={(kind) => set(ofKind(form, kinds.find((k) => k.kind === kind) ?? { kind, shape: "area", rule: { kind: "inside-while-active" }, classes: ["dog"] }))} />
        <Ground {...p} info={info} />
        <RuleFields form={form} set={set} />
        <HoursFields form={form} set={set} words={p.answer === undefined ? "" : (p.answer.when.en ?? "")} />
      </fieldset>
      <WhenAt answer={p.answer} at={p.at} setAt={p.setAt} />
      {p.error !== null && p.error !== undefined && (
        <>
          <Trouble error={p.error} />
          {p.detail !== "" && <p className={css.detail}>{p.detail}</p>}
        </>
      )}
      {!p.readOnly && (
        <footer className={css.foot}>
          {form.id !== null &&
            (sure ? (
              <Button look="danger" icon={<Trash2 />} onPress={p.remove}>
                {t("zoneEdit.sure")}
              </Button>
            ) : (
              <Button look="quiet" icon={<Trash2 />} onPress={() => setSure(true)}>
                {t("zoneEdit.remove")}
              </Button>
            ))}
          <span />
          <Button look="main" keys="Ctrl+S" isPending={p.saving} why={lack !== null ? t(`zoneEdit.lack.${lack}`) : p.changed ? undefined : t("zoneEdit.same")} onPress={p.save}>
            {t("zoneEdit.save")}
          </Button>
        </footer>
      )}
    </Panel>
  );
}

function Kinds({ value, onChange }: { value: ZoneKind; onChange: (k: ZoneKind) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className={css.group}>
      <legend>{t("zoneEdit.kind")}</legend>
      <div className={css.kinds} role="radiogroup" aria-label={t("zoneEdit.kind")}>
        {zoneKinds.map((k) => (
          <label key={k} className={css.kind} data-on={k === value}>
            <input type="radio" name="zone-kind" checked={k === value} onChange={() => onChange(k)} />
            <span className={ground.swatch} data-sign={k} aria-hidden />
            {t(`zones.kind.${k}`)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

const shapes: { id: Shape; icon: React.ReactNode }[] = [
  { id: "area", icon: <Hexagon /> },
  { id: "street", icon: <Route /> },
  { id: "point", icon: <Circle /> },
];

function Ground({ form, set, info, answer, drawing, setDrawing, finish, snap, snapping, readOnly }: ZonePanelProps & { info: ZoneKindInfo | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { sketch } = form;
  const empty = isEmpty(sketch);
  const width = sketch.shape === "street" ? String(sketch.width) : sketch.shape === "point" ? String(sketch.radius) : "";
  const number = (text: string) => (Number.isFinite(Number(text)) ? Number(text) : 0);
  return (
    <fieldset className={css.group}>
      <legend>{t("zoneEdit.ground")}</legend>
      <Segments<Shape> label={t("zoneEdit.ground")} value={sketch.shape} onChange={(shape) => set({ ...form, sketch: emptySketch(shape, info) })} choices={shapes.map(({ id, icon }) => ({ id, icon, text: t(`zoneEdit.shape.${id}`) }))} />
      {sketch.shape === "street" && (
        <div className={css.pair}>
          <Choice<Side> label={t("zoneEdit.side")} value={sketch.side} onChange={(side) => set({ ...form, sketch: { ...sketch, side } })} choices={sides.map((id) => ({ id, text: t(`zoneEdit.sides.${id}`) }))} />
          <Field label={t("zoneEdit.width")} value={width} inputMode="decimal" onChange={(v) => set({ ...form, sketch: { ...sketch, width: number(v) } })} />
        </div>
      )}
      {sketch.shape === "point" && <Field label={t("zoneEdit.radius")} value={width} inputMode="decimal" onChange={(v) => set({ ...form, sketch: { ...sketch, radius: number(v) } })} />}
      {!readOnly && (
        <div className={css.acts}>
          {drawing ? (
            <Button look="main" icon={<PenLine />} keys="Enter" onPress={finish}>
              {t("zoneEdit.finish")}
            </Button>
          ) : (
            <Button icon={sketch.shape === "area" && !empty ? <SquareDashed /> : <PenLine />} keys="D" onPress={() => setDrawing(true)}>
              {t(empty ? `zoneEdit.draw.${sketch.shape}` : `zoneEdit.more.${sketch.shape}`)}
            </Button>
          )}
          <Button icon={<Magnet />} isPending={snapping} why={empty ? t("zoneEdit.lack.ground") : undefined} onPress={snap}>
            {t("zoneEdit.snap")}
          </Button>
        </div>
      )}
      <p className={css.hint}>{t(drawing ? `zoneEdit.how.${sketch.shape}` : "zoneEdit.how.corners")}</p>
      {answer !== undefined && answer.area_m2 > 0 && <p className={css.hint}>{t("studio.m2", { n: format.number(Math.round(answer.area_m2)) })}</p>}
    </fieldset>
  );
}

function RuleFields({ form, set }: { form: Form; set: (f: Form) => void }) {
  const { t } = useTranslation();
  const toggle = (c: ZoneClass, on: boolean) => set({ ...form, classes: zoneClasses.filter((x) => (x === c ? on : form.classes.includes(x))) });
  return (
    <fieldset className={css.group}>
      <legend>{t("zoneEdit.rule")}</legend>
      <Choice<RuleKind> label={t("zoneEdit.ruleKind")} hideLabel value={form.rule} onChange={(rule) => set({ ...form, rule })} choices={ruleKinds.map((id) => ({ id, text: t(`zoneEdit.rules.${id}`), note: t(`zoneEdit.ruleNotes.${id}`) }))} />
      {(form.rule === "dwell" || form.rule === "corridor") && <Field label={t("zoneEdit.longer")} value={form.longer} inputMode="decimal" onChange={(longer) => set({ ...form, longer })} />}
      {form.rule === "curfew" && <Field label={t("zoneEdit.home")} value={form.home} inputMode="decimal" onChange={(home) => set({ ...form, home })} />}
      {form.rule === "head-count" && <Field label={t("zoneEdit.most")} value={form.most} inputMode="numeric" onChange={(most) => set({ ...form, most })} />}
      {form.rule === "speed" && <Field label={t("zoneEdit.speed")} value={form.speed} inputMode="decimal" onChange={(speed) => set({ ...form, speed })} />}
      {form.rule !== "none" && (
        <>
          <div className={css.pair}>
            <Field label={t("zoneEdit.remind")} value={form.remind} inputMode="decimal" onChange={(remind) => set({ ...form, remind })} />
            <Field label={t("zoneEdit.escalate")} value={form.escalate} inputMode="decimal" onChange={(escalate) => set({ ...form, escalate })} />
          </div>
          <p className={css.hint}>{t("zoneEdit.callsNote")}</p>
        </>
      )}
      <div className={css.classes} role="group" aria-label={t("zoneEdit.whom")}>
        {zoneClasses.map((c) => (
          <label key={c} className={css.check}>
            <input type="checkbox" checked={form.classes.includes(c)} onChange={(e) => toggle(c, e.target.checked)} />
            {t(`zones.class.${c}`)}
          </label>
        ))}
      </div>
      {form.classes.length === 1 && form.rule !== "none" && <Field label={t("zoneEdit.subjects")} note={t("zoneEdit.subjectsNote")} value={form.subjects} onChange={(subjects) => set({ ...form, subjects })} />}
      {form.classes.length === 1 && form.rule !== "none" && <Field label={t("zoneEdit.tags")} note={t("zoneEdit.tagsNote")} value={form.tags} onChange={(tags) => set({ ...form, tags })} />}
    </fieldset>
  );
}

// WhenAt answers whether the rule holds at some time, and when that changes.
function WhenAt({ answer, at, setAt }: { answer: ZoneAnswer | undefined; at: string; setAt: (at: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { clock } = useLive();
  const from = at === "" ? clock.now() : Date.parse(at);
  const span = 7 * 86_400_000;
  return (
    <section className={css.answer} aria-label={t("zoneEdit.ask")}>
      <div className={css.date}>
        <Field label={t("zoneEdit.ask")} type="datetime-local" value={at} onChange={setAt} note={at === "" ? t("zoneEdit.askNow") : undefined} />
      </div>
      {answer !== undefined && (
        <p role="status" className={css.said} data-active={answer.active}>
          <Badge tone={answer.active ? "brand" : "plain"}>{t(answer.active ? "zoneEdit.yes" : "zoneEdit.no")}</Badge>
          <span>{answer.next_change === null ? t("zoneEdit.neverChanges") : t(answer.active ? "zones.until" : "zones.starts", { when: format.soon(answer.next_change, from) })}</span>
        </p>
      )}
      {answer !== undefined && (
        <div className={css.strip} role="img" aria-label={t("zoneEdit.next7", { count: answer.windows.length })}>
          {answer.windows.map((w) => {
            const [a, b] = [(Date.parse(w.from) - from) / span, (Date.parse(w.to) - from) / span].map((x) => Math.min(1, Math.max(0, x))) as [number, number];
            return <i key={w.from} style={{ left: `${a * 100}%`, width: `${(b - a) * 100}%` }} title={`${format.soon(w.from, from)} – ${format.clock(w.to)}`} />;
          })}
        </div>
      )}
      {answer !== undefined && Object.keys(answer.when).length > 0 && <p className={css.hint}>{format.name(answer.when)}</p>}
    </section>
  );
}
