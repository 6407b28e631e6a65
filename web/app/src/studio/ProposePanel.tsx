import { useMutation } from "@tanstack/react-query";
import { Check, Sparkles } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { drafts, type Proposal } from "../api/drafts";
import { Button } from "../parts/Button";
import { Field } from "../parts/Field";
import { Panel } from "../parts/Panel";
import { Progress, Segments, Trouble } from "../parts/parts";
import { useTheme } from "../shell/theme";
import { mapColors } from "../tokens/tokens";
import { colorParts } from "./colors";
import { useDraft, useStudio, useWords } from "./context";
import css from "./Studio.module.css";
import { polygons } from "../map/anchor";

const paces = ["4", "10", "20"] as const; // seconds for each of three

// ProposePanel has the program propose, from several seeds at a time, so that a
// planner compares instead of believing.
export function ProposePanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const studio = useStudio();
  const proposals = useDraft((s) => s.proposals);
  const preview = useDraft((s) => s.preview);
  const form = useDraft((s) => s.form);
  const locked = useDraft((s) => [...s.parts.values()].filter((p) => p.locked).length);
  const [count, setCount] = useState(() => String(Math.max(2, studio.get().parts.size)));
  const [pace, setPace] = useState<(typeof paces)[number]>("4");
  const [seed, setSeed] = useState(1);
  const k = Number(count);
  const bad = !(Number.isInteger(k) && k >= Math.max(2, locked + 1) && k <= 500);
  const ask = useMutation({
    mutationFn: async () => {
      await studio.settled();
      await studio.inOrder();
      const asked = { count: k - locked, seconds: 3 * Number(pace) };
      const made = await drafts.propose(studio.get().draft.id, { ...asked, seeds: [seed, seed + 1, seed + 2] });
      return { made, asked };
    },
    onSuccess: ({ made, asked }) => {
      setSeed(seed + 3);
      studio.set({ proposals: made, form: asked, preview: null });
      const [best] = [...made].sort((a, b) => a.summary.max_over_mean - b.summary.max_over_mean);
      if (best !== undefined) studio.set({ preview: { seed: best.seed, form: asked, part: Int32Array.from(best.painted) } });
    },
  });
  const best = bestOf(proposals);
  return (
    <Panel title={t("studio.proposeTitle")} onClose={onClose}>
      <form
        className={css.proposeForm}
        onSubmit={(e) => {
          e.preventDefault();
          if (!bad && !ask.isPending) ask.mutate();
        }}
      >
        <Field label={t("studio.count")} value={count} onChange={setCount} inputMode="numeric" error={bad ? t("studio.needCount") : undefined} />
        <div>
          <span className={css.label}>{t("studio.pace")}</span>
          <Segments label={t("studio.pace")} value={pace} onChange={setPace} choices={paces.map((id) => ({ id, text: t("studio.seconds", { n: id }) }))} />
        </div>
        <Button look="main" type="submit" icon={<Sparkles />} isPending={ask.isPending} why={bad ? t("studio.needCount") : undefined}>
          {t(proposals.length === 0 ? "studio.proposeGo" : "studio.proposeMore")}
        </Button>
      </form>
      {locked > 0 && <p className={css.muted}>{t("studio.lockedStay", { count: locked })}</p>}
      {ask.isPending && <Counting seconds={Number(pace) * 3} />}
      {ask.isError && <Trouble error={ask.error} />}
      {proposals.length === 0 && !ask.isPending && <p className={css.muted}>{t("studio.proposeNote")}</p>}
      <ul className={css.proposals}>
        {proposals.map((p, i) => (
          <Card
            key={p.seed}
            n={i + 1}
            proposal={p}
            best={best}
            shown={preview?.seed === p.seed}
            onShow={() => studio.set({ preview: preview?.seed === p.seed ? null : { seed: p.seed, form, part: Int32Array.from(p.painted) } })}
            onAccept={() => studio.accept({ seed: p.seed, form, part: Int32Array.from(p.painted) })}
          />
        ))}
      </ul>
    </Panel>
  );
}

interface Best {
  max: number;
  compact: number;
  cut: number;
}

function bestOf(proposals: readonly Proposal[]): Best {
  return {
    max: Math.min(...proposals.map((p) => p.summary.max_over_mean)),
    compact: Math.max(...proposals.map((p) => p.summary.compactness_mean)),
    cut: Math.min(...proposals.map((p) => p.summary.cut_km)),
  };
}

interface CardProps {
  n: number;
  proposal: Proposal;
  best: Best;
  shown: boolean;
  onShow: () => void;
  onAccept: () => void;
}

function Card({ n, proposal: p, best, shown, onShow, onAccept }: CardProps) {
  const { t } = useTranslation();
  const words = useWords();
  const s = p.summary;
  return (
    <li className={css.proposal} data-on={shown}>
      <button type="button" className={css.proposalShow} aria-pressed={shown} onClick={onShow}>
        <Picture painted={p.painted} />
        <b>{t("studio.proposalN", { n })}</b>
      </button>
      <dl>
        <div data-best={s.max_over_mean <= best.max}>
          <dt>{t("studio.balance")}</dt>
          <dd>{s.max_over_mean.toFixed(3)}</dd>
        </div>
        <div>
          <dt>{t("studio.atBest")}</dt>
          <dd>{s.lower_bound.toFixed(3)}</dd>
        </div>
        <div data-best={s.compactness_mean >= best.compact}>
          <dt>{t("studio.compact")}</dt>
          <dd>{words.ratio(s.compactness_mean)}</dd>
        </div>
        <div data-best={s.cut_km <= best.cut}>
          <dt>{t("studio.borders")}</dt>
          <dd>{t("studio.km", { n: s.cut_km.toFixed(0) })}</dd>
        </div>
      </dl>
      <Button look={shown ? "main" : "plain"} wide icon={<Check />} onPress={onAccept}>
        {t("studio.accept")}
      </Button>
    </li>
  );
}

// Picture draws a proposal small: side by side the eye finds what numbers don't tell.
function Picture({ painted }: { painted: readonly number[] }) {
  const studio = useStudio();
  const theme = useTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const hue = useMemo(() => {
    const own = Int32Array.from(painted);
    const known = studio.get().colors;
    const ids = [...new Set(painted)].filter((p) => p !== 0);
    return ids.every((id) => known.has(id)) ? known : colorParts(ids, studio.board.borders(own), known);
  }, [painted, studio]);
  useEffect(() => {
    const c = canvas.current?.getContext("2d");
    if (canvas.current === null || c === null || c === undefined) return;
    const bounds = studio.board.bounds(studio.board.units.keys());
    if (bounds === null) return;
    const [[w, s], [e, n]] = bounds;
    const { width, height } = canvas.current;
    const [sx, sy] = studio.board.topology.scale;
    const k = Math.min(width / ((e - w) * sx), height / ((n - s) * sy)) * 0.96;
    const [ox, oy] = [(width - (e - w) * sx * k) / 2, (height - (n - s) * sy * k) / 2];
    c.clearRect(0, 0, width, height);
    studio.board.units.forEach((u, i) => {
      const part = painted[i] ?? 0;
      c.fillStyle = part === 0 ? "transparent" : mapColors[`part-${((hue.get(part) ?? 0) % 8) as 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`][theme];
      c.beginPath();
      for (const rings of polygons(u.geometry))
        for (const ring of rings)
          ring.forEach((q, j) => {
            const x = ox + ((q[0] ?? 0) - w) * sx * k;
            const y = oy + (n - (q[1] ?? 0)) * sy * k;
            if (j === 0) c.moveTo(x, y);
            else c.lineTo(x, y);
          });
      c.fill("evenodd");
    });
    c.strokeStyle = mapColors.halo[theme];
    c.lineWidth = 1.6;
    for (const { unit, other, line } of studio.board.topology.arcs) {
      if (other < 0 || painted[unit] === painted[other]) continue;
      c.beginPath();
      line.forEach((q, j) => {
        const x = ox + (q[0] - w) * sx * k;
        const y = oy + (n - q[1]) * sy * k;
        if (j === 0) c.moveTo(x, y);
        else c.lineTo(x, y);
      });
      c.stroke();
    }
  }, [painted, hue, studio, theme]);
  return <canvas ref={canvas} width={300} height={230} aria-hidden />;
}

function Counting({ seconds }: { seconds: number }) {
  const { t } = useTranslation();
  const [at, setAt] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setAt((x) => x + 0.25), 250);
    return () => clearInterval(timer);
  }, []);
  return <Progress label={t("studio.proposing")} fraction={Math.min(0.97, at / seconds)} text={t("studio.seconds", { n: Math.max(1, Math.ceil(seconds - at)) })} />;
}
