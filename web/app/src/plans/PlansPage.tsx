import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CalendarCheck2, ChartGantt, Hexagon, Map as MapIcon, MapPinned, ShieldX, Truck } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, Redirect, useParams } from "wouter";
import admin from "../admin/Admin.module.css";
import { useFormat } from "../i18n/format";
import { Bones, Empty, Trouble } from "../parts/parts";
import { useRight } from "../session/session";
import { NotFound } from "../shell/NotFound";
import { CampaignsView } from "./CampaignsView";
import { CellsView } from "./CellsView";
import { GanttView } from "./GanttView";
import { PatrolView } from "./PatrolView";
import css from "./Plans.module.css";
import { plans, type Board } from "./requests";
import { inWords, runRow, walkRow } from "./rows";
import { SpotsView } from "./SpotsView";
import { TowBoard } from "./TowBoard";

const views = [
  { id: "gantt", icon: ChartGantt, right: "runs.replan" },
  { id: "patrol", icon: MapIcon, right: "runs.replan" },
  { id: "tows", icon: Truck, right: "runs.replan" },
  { id: "spots", icon: MapPinned, right: "spots.edit" },
  { id: "campaigns", icon: CalendarCheck2, right: "campaigns.read" },
  { id: "cells", icon: Hexagon, right: "tracks.count" },
] as const;

// PlansPage is who does what when today: as bars, on the map, and for the trucks; the
// spots that patrols call at; campaigns; and how often anybody was where.
export default function PlansPage() {
  const { t } = useTranslation();
  const may = useRight("runs.replan");
  const mayCount = useRight("tracks.count");
  const maySpots = useRight("spots.edit");
  const mayCampaigns = useRight("campaigns.read");
  const has = { "campaigns.read": mayCampaigns, "runs.replan": may, "tracks.count": mayCount, "spots.edit": maySpots };
  const mine = views.filter((v) => has[v.right]);
  const { view = mine[0]?.id ?? "" } = useParams<{ view?: string }>();
  const client = useQueryClient();
  const walks = useQuery({ queryKey: ["plans", "walks"], queryFn: ({ signal }) => plans.walks(signal), refetchInterval: 15_000, enabled: may });
  const format = useFormat();
  const runs = useQuery({ queryKey: ["plans", "runs"], queryFn: ({ signal }) => plans.runs(signal), select: useCallback((b: Board) => inWords(b, (names, fallback) => format.name(names, fallback)), [format]), refetchInterval: 5_000, enabled: may });
  const rows = useMemo(
    () => [...(runs.data?.runs ?? []).map(runRow), ...[...(walks.data ?? [])].filter((w) => w.planned && w.campaign === null).sort((a, b) => a.team - b.team || Date.parse(a.from) - Date.parse(b.from) || a.shift - b.shift).map(walkRow)],
    [walks.data, runs.data],
  );
  const refresh = () => client.invalidateQueries({ queryKey: ["plans"] });
  if (mine.length === 0 || (views.some((v) => v.id === view) && !mine.some((v) => v.id === view)))
    return (
      <Empty icon={<ShieldX />} title={t("admin.noRight")}>
        <p>{t("admin.noRightNote")}</p>
      </Empty>
    );
  if (view === "") return <Redirect to={`/plans/${mine[0]?.id ?? ""}`} replace />;
  if (!mine.some((v) => v.id === view)) return <NotFound />;
  const error = runs.error ?? walks.error;
  const waiting = runs.data === undefined && walks.data === undefined;
  return (
    <div className={css.page}>
      <h1>{t("plans.title")}</h1>
      <nav className={admin.tabs} aria-label={t("plans.title")}>
        {mine.map(({ id, icon: Icon }) => (
          <Link key={id} href={`/plans/${id}`} className={admin.tab} aria-current={id === view ? "page" : undefined}>
            <Icon aria-hidden /> {t(`plans.view.${id}`)}
          </Link>
        ))}
      </nav>
      {error !== null && <Trouble error={error} />}
      {waiting && view !== "cells" && view !== "spots" && view !== "campaigns" ? error === null && <Bones lines={6} /> : null}
      {!waiting && view === "gantt" && <GanttView rows={rows} refresh={refresh} />}
      {!waiting && view === "patrol" && <PatrolView walks={walks.data ?? []} />}
      {!waiting && view === "tows" && <TowBoard runs={runs.data?.runs ?? []} sites={runs.data?.sites ?? []} refresh={refresh} />}
      {view === "spots" && <SpotsView />}
      {view === "campaigns" && <CampaignsView />}
      {view === "cells" && <CellsView />}
    </div>
  );
}
