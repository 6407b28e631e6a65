import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Check, Download, MapPinOff } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { city } from "../api/queries";
import type { LngLat } from "../api/types";
import { save } from "../fleet/csv";
import { instant, localTime } from "../fleet/time";
import { useFormat } from "../i18n/format";
import { useNow } from "../live/LiveProvider";
import { Button } from "../parts/Button";
import { Bones, Empty, Segments, Trouble } from "../parts/parts";
import { useSession } from "../session/session";
import { asCSV, asGeoJSON, blindSpots, classes, middle, ranges, type Measure } from "./cells";
import { CellsMap } from "./CellsMap";
import css from "./Plans.module.css";
import { plans, type PresenceCell } from "./requests";

const day = 86_400_000;
const spans = ["today", "week", "month"] as const;
const sizes = ["11", "10", "9"] as const;
type Span = (typeof spans)[number];

// CellsView is where the bureau was, and where alerts were, in cells of equal size:
// over a day, a week or a month, with the places where nobody was.
export function CellsView() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { time_zone } = useSession();
  const now = useNow(60_000);
  const [span, setSpan] = useState<Span>("today");
  const [size, setSize] = useState<(typeof sizes)[number]>("10");
  const [measure, setMeasure] = useState<Measure>("visits");
  const [chosen, setChosen] = useState<string | null>(null);
  const [goal, setGoal] = useState<LngLat | null>(null);
  const today = localTime(now, time_zone).slice(0, 10);
  const first = span === "today" ? today : localTime(instant(`${today}T12:00`, time_zone) - (span === "week" ? 6 : 29) * day, time_zone).slice(0, 10);
  const info = useQuery({ queryKey: ["map"], queryFn: ({ signal }) => city.map(signal) });
  const query = useQuery({
    queryKey: ["presence", first, Math.floor(now / 3_600_000), size], // the server counts full hours
    queryFn: ({ signal }) => plans.presence({ from: first, resolution: Number(size) }, signal),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  const presence = query.data;
  const blind = useMemo(() => blindSpots(presence), [presence]);
  const words = ranges(classes((presence?.cells ?? []).map((c) => c[measure])), (n) => format.number(n));
  if (info.data === undefined) return info.isError ? <Empty icon={<MapPinOff />} title={t("plans.patrol.noMap")} /> : <Bones lines={6} />;
  const gridName = (id: number) => {
    const g = presence?.grids.find((x) => x.id === id);
    if (g === undefined) return t("plans.cells.noGrid");
    return g.name[i18n.language] ?? g.name.en ?? g.name["zh-CN"] ?? g.code;
  };
  const go = (c: PresenceCell | undefined) => {
    if (c === undefined) return;
    setChosen(c.cell);
    setGoal(middle(c));
  };
  const file = `citygrid-${first}-${today}`;
  return (
    <div className={css.patrol}>
      <div className={css.mapBox}>
        <CellsMap info={info.data} presence={presence} measure={measure} chosen={chosen} goal={goal} />
        <ul className={css.legend} aria-label={t("plans.patrol.legend")}>
          {words.map((w, k) => (
            <li key={w} data-cell={k + 1}>
              {w}
            </li>
          ))}
          {words.length === 0 && <li data-cell="0">{t(`plans.cells.none.${measure}`)}</li>}
          {measure === "visits" && <li data-part="blind">{t("plans.cells.blind")}</li>}
        </ul>
      </div>
      <aside className={css.side}>
        <Segments label={t("plans.cells.span")} value={span} onChange={setSpan} choices={spans.map((id) => ({ id, text: t(`plans.cells.spans.${id}`) }))} />
        <Segments label={t("plans.cells.measure")} value={measure} onChange={setMeasure} choices={(["visits", "alerts"] as const).map((id) => ({ id, text: t(`plans.cells.measures.${id}`) }))} />
        <Segments label={t("plans.cells.size")} value={size} onChange={setSize} choices={sizes.map((id) => ({ id, text: t(`plans.cells.sizes.${id}`) }))} />
        {query.isError && <Trouble error={query.error} />}
        {presence === undefined ? (
          !query.isError && <Bones lines={4} />
        ) : (
          <>
            <p>
              <b>{format.number(presence.visits)}</b> {t("plans.cells.visits", { count: presence.visits })} · <b>{format.number(presence.alerts)}</b> {t("plans.cells.alerts", { count: presence.alerts })}
              <br />
              <span className={css.dim}>{t("plans.cells.until", { time: format.clock(presence.to) })}</span>
            </p>
            <h2>{t("plans.cells.unseen", { count: presence.unseen })}</h2>
            {presence.unseen === 0 ? (
              <p className={css.dim}>
                <Check aria-hidden /> {t("plans.cells.allSeen")}
              </p>
            ) : (
              <ul className={css.unseen} aria-busy={query.isFetching}>
                {blind.map((b) => (
                  <li key={b.grid}>
                    <button type="button" onClick={() => go(b.cells[(b.cells.findIndex((c) => c.cell === chosen) + 1) % b.cells.length])}>
                      <b>{gridName(b.grid)}</b>
                      <span>{format.distance(b.streets_m)}</span>
                      <span>{t("plans.cells.of", { count: b.cells.length, n: format.number(b.cells.length), of: format.number(b.of) })}</span>
                    </button>
                  </li>
                ))}
              </ul>
            )}
            <p className={css.exports}>
              <Button look="quiet" icon={<Download />} onPress={() => save(`${file}.csv`, asCSV(presence, gridName))}>
                {t("plans.cells.csv")}
              </Button>
              <Button look="quiet" icon={<Download />} onPress={() => save(`${file}.geojson`, asGeoJSON(presence, gridName))}>
                {t("plans.cells.geojson")}
              </Button>
            </p>
          </>
        )}
      </aside>
    </div>
  );
}
