import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { curve } from "./chart";
import css from "./Plans.module.css";
import type { Solve } from "./requests";

const [width, height] = [560, 180];

// SearchChart draws a search as it goes on: work against time, with the bound.
export function SearchChart({ solve }: { solve: Solve }) {
  const { t } = useTranslation();
  const format = useFormat();
  const c = curve(solve.trace, solve.bound, solve.limit_s, width, height);
  const best = c.best === null ? "–" : format.duration(c.best);
  return (
    <figure className={css.chart}>
      <svg viewBox={`-4 -20 ${width + 8} ${height + 44}`} role="img" aria-label={t("plans.search.chart", { best, gap: c.gap === null ? "–" : format.percent(c.gap), count: solve.trace.length })}>
        <rect width={width} height={height} rx="6" />
        {[0.25, 0.5, 0.75].map((f) => (
          <line key={f} x1={f * width} x2={f * width} y1="0" y2={height} data-part="grid" />
        ))}
        {c.bound !== null && <line x1="0" x2={width} y1={c.bound} y2={c.bound} data-part="bound" />}
        {c.bound !== null && (
          <text x={width - 8} y={c.bound - 6} textAnchor="end" data-part="bound">
            {t("plans.search.bound", { time: format.duration(solve.bound ?? 0) })}
          </text>
        )}
        <path d={c.line} data-part="cost" />
        <text x="0" y="-7">{format.duration(c.top)}</text>
        {[0, 0.5, 1].map((f) => (
          <text key={f} x={f * width} y={height + 18} textAnchor={f === 0 ? "start" : f === 1 ? "end" : "middle"}>
            {t("plans.search.seconds", { s: format.number(Math.round(f * solve.limit_s * 10) / 10) })}
          </text>
        ))}
      </svg>
      <figcaption>
        <b>{best}</b> <span>{t("plans.search.best")}</span>
        <b>{c.gap === null ? "–" : format.percent(c.gap)}</b> <span>{t("plans.search.gap")}</span>
        <span data-state={solve.state}>{t(`plans.search.state.${solve.state}`)}</span>
      </figcaption>
    </figure>
  );
}
