import { ArrowLeft, CircleAlert, CloudOff, GitCompareArrows, ListChecks, Lock, Plus, Sparkles, Split, TriangleAlert } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import button from "../parts/Button.module.css";
import { useTrouble } from "../parts/parts";
import { useRight } from "../session/session";
import { compactness } from "./board";
import { useDraft, usePieces, useStudio, useWords } from "./context";
import { liveBalance, type Side } from "./state";
import { StateBadge } from "./StateBadge";
import css from "./Studio.module.css";

// PartsPanel is the draft at a glance: how even it is, and each part's work as a
// bar that moves with the brush.
export function PartsPanel() {
  const { t } = useTranslation();
  const draft = useDraft((s) => s.draft);
  const studio = useStudio();
  const mayEdit = useRight("drafts.edit");
  return (
    <section className={css.left} aria-label={t("studio.parts")}>
      <header className={css.draftHead}>
        <Link href="/studio" className={`${button.button} ${button.quiet} ${button.icon}`} aria-label={t("studio.back")}>
          <ArrowLeft aria-hidden />
        </Link>
        <div>
          <h1 title={draft.name}>{draft.name}</h1>
          <span className={css.sub}>
            <StateBadge state={draft.state} />
            <Saved />
          </span>
        </div>
      </header>
      <Figures />
      {!studio.readOnly && <Doors />}
      {studio.readOnly && <p className={css.look}>{t(mayEdit ? "studio.lookOnly" : "studio.noRight")}</p>}
      <Refusal />
      <PartList />
    </section>
  );
}

function Saved() {
  const { t } = useTranslation();
  const waiting = useDraft((s) => s.waiting);
  const cut = useDraft((s) => s.cut);
  const conflict = useDraft((s) => s.conflict !== null);
  const state = conflict ? "conflict" : cut && waiting > 0 ? "cut" : waiting > 0 ? "saving" : "saved";
  return (
    <span className={css.saved} data-state={state} role="status">
      {state === "cut" ? <CloudOff aria-hidden /> : state === "conflict" ? <CircleAlert aria-hidden /> : <i aria-hidden />}
      {t(`studio.save.${state}`, { count: waiting })}
    </span>
  );
}

function Refusal() {
  const studio = useStudio();
  const { t } = useTranslation();
  const refusal = useDraft((s) => s.refusal);
  const text = useTrouble();
  if (refusal === null) return null;
  return (
    <div className={css.refusal} role="alert">
      <CircleAlert aria-hidden />
      <span>{text(refusal)}</span>
      <Button look="quiet" onPress={() => studio.set({ refusal: null })}>
        {t("parts.close")}
      </Button>
    </div>
  );
}

function Figures() {
  const { t } = useTranslation();
  const studio = useStudio();
  const words = useWords();
  const format = useFormat();
  useDraft((s) => s.paints);
  const summary = useDraft((s) => s.summary);
  const live = liveBalance(studio);
  const own = [...studio.board.totals].filter(([part, x]) => part !== 0 && x.units > 0);
  const round = own.length === 0 ? 0 : own.reduce((sum, [, x]) => sum + compactness(x), 0) / own.length;
  const unpainted = studio.board.totals.get(0)?.units ?? 0;
  const excess = live.max - summary.lower_bound;
  return (
    <dl className={css.figures}>
      <div data-tone={excess > 0.15 ? "warn" : "good"} title={t("studio.balanceNote")}>
        <dt>{t("studio.balance")}</dt>
        <dd>
          {words.ratio(live.max)} <small>{t("studio.bound", { n: words.ratio(summary.lower_bound) })}</small>
        </dd>
      </div>
      <div>
        <dt>{t("studio.mean")}</dt>
        <dd>{words.minutes(live.mean)}</dd>
      </div>
      <div title={t("studio.compactNote")}>
        <dt>{t("studio.compact")}</dt>
        <dd>{words.ratio(round)}</dd>
      </div>
      {unpainted > 0 && (
        <div data-tone="warn">
          <dt>{t("studio.unpainted")}</dt>
          <dd>{format.number(unpainted)}</dd>
        </div>
      )}
    </dl>
  );
}

function Doors() {
  const { t } = useTranslation();
  const studio = useStudio();
  const side = useDraft((s) => s.side);
  const faults = useDraft((s) => s.faults.length);
  const open = useDraft((s) => s.draft.state === "open");
  const toggle = (next: Side) => () => studio.set({ side: side === next ? "none" : next, preview: null });
  return (
    <div className={css.doors}>
      <Button icon={<Sparkles />} aria-expanded={side === "propose"} why={open ? undefined : t("studio.notOpen")} onPress={toggle("propose")}>
        {t("studio.propose")}
      </Button>
      <Button icon={<GitCompareArrows />} aria-expanded={side === "compare"} onPress={toggle("compare")}>
        {t("studio.compare")}
      </Button>
      <Button icon={faults === 0 ? <ListChecks /> : <TriangleAlert />} aria-expanded={side === "faults"} onPress={toggle("faults")}>
        {t("studio.faults", { n: faults })}
      </Button>
      <Button look="main" aria-expanded={side === "review"} onPress={toggle("review")}>
        {t(open ? "studio.review" : "studio.reviewed")}
      </Button>
    </div>
  );
}

function PartList() {
  const { t } = useTranslation();
  const studio = useStudio();
  const words = useWords();
  const parts = useDraft((s) => s.parts);
  const chosen = useDraft((s) => s.part);
  const colors = useDraft((s) => s.colors);
  useDraft((s) => s.paints);
  const pieces = usePieces();
  const live = liveBalance(studio);
  const most = Math.max(live.max * live.mean, live.mean * 1.25, 1);
  const choose = (id: number) => {
    const { side } = studio.get();
    studio.set({ part: id, side: studio.get().tool === "select" && (side === "none" || side === "part") ? "part" : side });
    studio.fly(studio.board.bounds(studio.board.unitsOf(id)));
  };
  return (
    <>
      <div className={css.listTop}>
        <h2>{t("studio.partsN", { count: parts.size })}</h2>
        {!studio.readOnly && (
          <Button look="quiet" icon={<Plus />} why={studio.locked === null ? undefined : t("studio.notOpen")} onPress={() => studio.edit({ op: "new_part", name: { en: `Grid ${parts.size + 1}`, "zh-CN": `网格${parts.size + 1}` } })}>
            {t("studio.newPart")}
          </Button>
        )}
      </div>
      <ul className={css.partList}>
        {[...parts.values()].map((p) => (
          <Row
            key={p.id}
            id={p.id}
            name={words.part(p.id)}
            team={words.team(p.team)}
            hue={colors.get(p.id) ?? 0}
            minutes={studio.minutes(p.id)}
            mean={live.mean}
            most={most}
            heaviest={live.worst === p.id}
            locked={p.locked}
            broken={(pieces.get(p.id) ?? 1) > 1}
            chosen={chosen === p.id}
            onChoose={choose}
          />
        ))}
      </ul>
    </>
  );
}

interface RowProps {
  id: number;
  name: string;
  team: string;
  hue: number;
  minutes: number;
  mean: number;
  most: number;
  heaviest: boolean;
  locked: boolean;
  broken: boolean;
  chosen: boolean;
  onChoose: (id: number) => void;
}

const Row = memo(function Row({ id, name, team, hue, minutes, mean, most, heaviest, locked, broken, chosen, onChoose }: RowProps) {
  const { t } = useTranslation();
  const words = useWords();
  const off = mean > 0 ? minutes / mean - 1 : 0;
  const percent = Math.round(off * 100);
  const delta = `${percent > 0 ? "+" : percent < 0 ? "−" : "±"}${Math.abs(percent)} %`;
  const grade = off > 0.1 ? "over" : off < -0.1 ? "under" : "even";
  return (
    <li>
      <button type="button" className={css.row} aria-pressed={chosen} data-part={id} onClick={() => onChoose(id)}>
        <i className={css.swatch} style={{ background: `var(--map-part-${hue})` }} />
        <span className={css.rowName}>
          {name}
          {locked && <Lock aria-label={t("studio.locked")} />}
          {broken && <Split aria-label={t("studio.broken")} />}
          <small>{team}</small>
        </span>
        <span className={css.rowWork}>
          {heaviest && <TriangleAlert aria-label={t("studio.heaviest")} />}
          <b>{words.minutes(minutes)}</b> <small data-grade={grade}>{delta}</small>
        </span>
        <span className={css.bar} aria-hidden>
          <i style={{ width: `${(100 * Math.max(0, minutes)) / most}%`, background: `var(--map-part-${hue})` }} data-grade={grade} />
          <u style={{ left: `${(100 * mean) / most}%` }} />
        </span>
      </button>
    </li>
  );
}, (a, b) => a.id === b.id && a.name === b.name && a.team === b.team && a.hue === b.hue && Math.round(a.minutes) === Math.round(b.minutes) && Math.abs(a.mean - b.mean) < 0.3 && Math.abs(a.most - b.most) < 0.3 && a.heaviest === b.heaviest && a.locked === b.locked && a.broken === b.broken && a.chosen === b.chosen);
