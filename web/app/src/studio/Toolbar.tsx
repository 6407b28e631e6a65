import { Brush, Check, MousePointer2, Redo2, Scissors, Spline, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ToggleButton } from "react-aria-components";
import type { Along } from "../api/drafts";
import { Button } from "../parts/Button";
import button from "../parts/Button.module.css";
import { Kbd, Segments, Switch } from "../parts/parts";
import { useDraft, useStudio, useWords } from "./context";
import { brushes, type Tool } from "./state";
import css from "./Studio.module.css";

const tools: { id: Tool; icon: ReactNode; key: string }[] = [
  { id: "select", icon: <MousePointer2 />, key: "V" },
  { id: "paint", icon: <Brush />, key: "B" },
  { id: "split", icon: <Scissors />, key: "S" },
  { id: "border", icon: <Spline />, key: "E" },
];

// Toolbar is what the hand holds: one tool at a time, its settings above it.
export function Toolbar({ onFinish }: { onFinish: () => void }) {
  const { t } = useTranslation();
  const studio = useStudio();
  const tool = useDraft((s) => s.tool);
  const undo = useDraft((s) => s.draft.undo + (s.waiting > 0 ? 1 : 0));
  const redo = useDraft((s) => s.draft.redo);
  const open = useDraft((s) => s.draft.state === "open");
  const no = open ? undefined : t("studio.notOpen");
  return (
    <div className={css.tools}>
      <ToolHelp onFinish={onFinish} />
      <div className={css.toolbar} role="toolbar" aria-label={t("studio.tools")}>
        {tools.map(({ id, icon, key }) => (
          <ToggleButton
            key={id}
            isSelected={tool === id}
            onChange={() => studio.set({ tool: id, line: [] })}
            isDisabled={!open && id !== "select"}
            aria-keyshortcuts={key}
            className={`${button.button} ${button.quiet} ${css.tool}`}
          >
            {icon}
            <span>{t(`studio.tool.${id}`)}</span>
            <Kbd>{key}</Kbd>
          </ToggleButton>
        ))}
        <span className={css.gap} />
        <Button look="quiet" icon={<Undo2 />} label={t("studio.undo", { n: undo })} keys="Ctrl+Z" why={no ?? (undo === 0 ? t("studio.nothingToUndo") : undefined)} onPress={() => studio.undo()} />
        <Button look="quiet" icon={<Redo2 />} label={t("studio.redo", { n: redo })} keys="Ctrl+Shift+Z" why={no ?? (redo === 0 ? t("studio.nothingToRedo") : undefined)} onPress={() => studio.redo()} />
      </div>
    </div>
  );
}

function ToolHelp({ onFinish }: { onFinish: () => void }) {
  const { t } = useTranslation();
  const studio = useStudio();
  const words = useWords();
  const tool = useDraft((s) => s.tool);
  const part = useDraft((s) => s.part);
  const brush = useDraft((s) => s.brush);
  const line = useDraft((s) => s.line.length);
  const along = useDraft((s) => s.along);
  const snap = useDraft((s) => s.snap);
  const units = useDraft((s) => s.units);
  const locked = useDraft((s) => s.part !== null && s.parts.get(s.part)?.locked === true);
  if (tool === "select" && units.length === 0) return null;
  return (
    <div className={css.toolHelp}>
      {tool === "select" && (
        <>
          <span>{t("studio.marked", { count: units.length })}</span>
          <Button keys="M" why={units.length < 2 ? t("studio.markMore") : studio.locked === null ? undefined : t("studio.notOpen")} onPress={() => studio.edit({ op: "merge_units", units: [...units] })}>
            {t("studio.mergeUnits")}
          </Button>
        </>
      )}
      {tool === "paint" && (
        <>
          {part === null ? <span>{t("studio.paintWhich")}</span> : locked ? <span>{t("studio.paintLocked", { part: words.part(part) })}</span> : <PaintsWith part={part} />}
          <span className={css.sizes} role="group" aria-label={t("studio.brush")}>
            {brushes.map((px, i) => (
              <button key={px} type="button" className={css.size} aria-pressed={brush === i} aria-label={t("studio.brushN", { n: i + 1 })} onClick={() => studio.set({ brush: i })}>
                <i style={{ width: 5 + i * 4, height: 5 + i * 4 }} />
              </button>
            ))}
          </span>
          <Kbd>[</Kbd>
          <Kbd>]</Kbd>
        </>
      )}
      {tool === "split" && (
        <>
          <span>{part === null && units.length !== 1 ? t("studio.splitWhich") : t("studio.splitHow", { part: units.length === 1 ? t("studio.unitN", { id: units[0] }) : words.part(part ?? 0) })}</span>
          {units.length !== 1 && (
            <Segments<Along>
              label={t("studio.along")}
              value={along}
              onChange={(v) => studio.set({ along: v })}
              choices={[
                { id: "streets", text: t("studio.alongStreets") },
                { id: "line", text: t("studio.alongLine") },
              ]}
            />
          )}
          <Button icon={<Check />} keys="Enter" why={line < 2 ? t("studio.needLine") : part === null && units.length !== 1 ? t("studio.splitWhich") : undefined} onPress={onFinish}>
            {t("studio.split")}
          </Button>
        </>
      )}
      {tool === "border" && (
        <>
          <span>{t("studio.borderHow")}</span>
          <Switch on={snap} onChange={(on) => studio.set({ snap: on })}>
            {t("studio.snap")}
          </Switch>
        </>
      )}
    </div>
  );
}

function PaintsWith({ part }: { part: number }) {
  const { t } = useTranslation();
  const words = useWords();
  const hue = useDraft((s) => s.colors.get(part) ?? 0);
  return (
    <span className={css.with}>
      <i className={css.swatch} style={{ background: `var(--map-part-${hue})` }} />
      {t("studio.paintsWith", { part: words.part(part) })}
    </span>
  );
}
