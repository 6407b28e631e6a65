import { useQuery } from "@tanstack/react-query";
import { ArrowRight, Equal } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { drafts, type MoveEnd, type Summary } from "../api/drafts";
import type { LngLat } from "../api/types";
import { polygons } from "../map/anchor";
import { Button } from "../parts/Button";
import { Panel } from "../parts/Panel";
import { Bones, Empty, Trouble } from "../parts/parts";
import { useDraft, useStudio, useWords } from "./context";
import css from "./Studio.module.css";

// ComparePanel says what moves for whom against the plan that is in force.
export function ComparePanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const studio = useStudio();
  const words = useWords();
  const version = useDraft((s) => s.draft.version);
  const id = useDraft((s) => s.draft.id);
  const move = useDraft((s) => s.move);
  const asked = useQuery({
    queryKey: ["drafts", id, "compare", version],
    queryFn: async ({ signal }) => {
      await studio.settled();
      return drafts.compare(id, signal);
    },
    placeholderData: (before) => before,
    retry: false,
  });
  useEffect(() => studio.set({ comparison: asked.data ?? null }), [asked.data, studio]);
  useEffect(() => () => studio.set({ comparison: null, move: null }), [studio]);
  const moves = (asked.data?.moves ?? []).map((m, i) => ({ ...m, i })).sort((a, b) => b.minutes - a.minutes);
  const name = (end: MoveEnd | null) => (end === null ? t("studio.nobody") : words.names(end.name, t("studio.nobody")));
  const who = (end: MoveEnd | null) => (end === null ? "" : [words.team(end.team), end.member?.name].filter(Boolean).join(" · "));
  return (
    <Panel title={t("studio.compareTitle")} onClose={onClose}>
      {asked.isPending && <Bones lines={5} />}
      {asked.isError && <Trouble error={asked.error} retry={<Button onPress={() => void asked.refetch()}>{t("link.retry")}</Button>} />}
      {asked.data !== undefined && <Both before={asked.data.summary_before} after={asked.data.summary_after} />}
      {asked.isSuccess && moves.length === 0 && (
        <Empty icon={<Equal />} title={t("studio.same")}>
          <p>{t("studio.sameNote")}</p>
        </Empty>
      )}
      {moves.length > 0 && <p className={css.muted}>{t("studio.moves", { count: moves.length, minutes: words.minutes(moves.reduce((sum, m) => sum + m.minutes, 0)) })}</p>}
      <ul className={css.moves}>
        {moves.map((m) => (
          <li key={m.i}>
            <button
              type="button"
              className={css.move}
              aria-pressed={move === m.i}
              onClick={() => {
                studio.set({ move: move === m.i ? null : m.i });
                if (move !== m.i) studio.fly(boundsOf(asked.data?.geometry.features.filter((f) => f.properties.move === m.i).map((f) => f.geometry) ?? []));
              }}
            >
              <span className={css.fromTo}>
                <span>
                  {name(m.from)}
                  <small>{who(m.from)}</small>
                </span>
                <ArrowRight aria-label={t("studio.to")} />
                <span>
                  {name(m.to)}
                  <small>{who(m.to)}</small>
                </span>
              </span>
              <span className={css.moveSize}>
                {words.minutes(m.minutes)} · {words.area(m.area_m2)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Both({ before, after }: { before: Summary | null; after: Summary }) {
  const { t } = useTranslation();
  const words = useWords();
  const rows: [string, (s: Summary) => string][] = [
    [t("studio.balance"), (s) => words.ratio(s.max_over_mean)],
    [t("studio.mean"), (s) => words.minutes(s.mean_minutes)],
    [t("studio.compact"), (s) => words.ratio(s.compactness_mean)],
    [t("studio.borders"), (s) => t("studio.km", { n: s.cut_km.toFixed(0) })],
  ];
  return (
    <table className={css.both}>
      <thead>
        <tr>
          <td />
          <th scope="col">{t("studio.now")}</th>
          <th scope="col">{t("studio.then")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([label, text]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td>{before === null ? "–" : text(before)}</td>
            <td>{text(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function boundsOf(shapes: Parameters<typeof polygons>[0][]): [LngLat, LngLat] | null {
  let [w, s, e, n] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const shape of shapes)
    for (const [x = 0, y = 0] of polygons(shape).flat(2)) [w, s, e, n] = [Math.min(w, x), Math.min(s, y), Math.max(e, x), Math.max(n, y)];
  return w > e ? null : [[w, s], [e, n]];
}
