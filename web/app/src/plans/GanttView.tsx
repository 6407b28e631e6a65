import { CalendarX2, ZoomIn, ZoomOut } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../parts/Button";
import { Empty, Kbd, useTrouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import { DiffPanel } from "./DiffPanel";
import { Gantt } from "./Gantt";
import css from "./Plans.module.css";
import { plans, type RunsEdit, type RunsPreview, type WalksEdit, type WalksPreview } from "./requests";
import { follower, takes, withPreview, type Item, type Place, type Row } from "./rows";

// Ask is a change that somebody wants, with what it would come to.
type Ask = { kind: "runs"; edit: RunsEdit; preview: RunsPreview } | { kind: "walks"; edit: WalksEdit; preview: WalksPreview };

const keys = { pick: "Space", place: "←↑→↓", best: "B" };
const widths = [40, 70, 120, 200, 340]; // pixels an hour

// GanttView is the day as bars. What is dragged is asked of the server first: it says
// what becomes of it, and nothing is changed before it is sent.
export function GanttView({ rows, refresh }: { rows: Row[]; refresh: () => Promise<void> }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const say = useSay();
  const [zoom, setZoom] = useState(2);
  const [ask, setAsk] = useState<Ask | null>(null);
  const [busy, setBusy] = useState(false);
  const shown = useMemo(() => withPreview(rows, ask?.kind === "runs" ? ask.preview : null, ask?.kind === "walks" ? ask.preview : null), [rows, ask]);

  const work = async (f: () => Promise<void>) => {
    setBusy(true);
    try {
      await f();
    } catch (e) {
      say(trouble(e), "plain");
    } finally {
      setBusy(false);
    }
  };
  const runs = (edit: RunsEdit) => work(async () => setAsk({ kind: "runs", edit, preview: await plans.previewRuns(edit) }));
  const walks = (edit: WalksEdit) => work(async () => setAsk({ kind: "walks", edit, preview: await plans.previewWalks(edit) }));

  const move = (from: Row, item: Item, to: Place) => {
    const target = rows.find((r) => r.id === to.row);
    if (target === undefined || !takes(target, from)) return;
    const before = to.at === null ? undefined : follower(target, to.at, target.id === from.id ? item.key : "");
    if (from.kind === "run" && item.task !== null) {
      void runs({ moves: [{ task: item.task, vehicle: target.number, ...(before === undefined ? {} : { before: before?.task ?? 0 }) }] });
    } else if (from.kind === "walk") {
      void walks({ moves: [{ shift: from.number, stop: item.n, to: target.number, ...(before === undefined ? {} : { before: before?.n ?? 0 }) }] });
    }
  };
  const drop = (row: Row) => {
    if (row.kind === "run") void runs(row.off ? { back: [row.number] } : { lost: [row.number] });
    else void walks({ lost: [row.number] });
  };
  const release = (item: Item) => {
    if (item.task !== null) void runs({ release: [item.task] });
  };
  const send = () =>
    work(async () => {
      if (ask === null) return;
      if (ask.kind === "runs") await plans.sendRuns(ask.preview, ask.edit);
      else await plans.sendWalks(ask.preview.basis);
      setAsk(null);
      await refresh();
      say(t("plans.sent"), "plain");
    });
  if (rows.length === 0)
    return (
      <Empty icon={<CalendarX2 />} title={t("plans.none")}>
        <p>{t("plans.noneNote")}</p>
      </Empty>
    );
  const late = rows.filter((r) => r.lateS > 60).length;
  return (
    <div className={css.split}>
      <div className={css.main}>
        <div className={css.tools}>
          <span>{t("plans.units", { count: rows.length })}</span>
          <span data-tone={late > 0 ? "bad" : "good"}>{late > 0 ? t("plans.lateUnits", { count: late }) : t("plans.noneLate")}</span>
          <span className={css.hint}>
            {t("plans.keys.pick")} <Kbd>{keys.pick}</Kbd> {t("plans.keys.place")} <Kbd>{keys.place}</Kbd> {t("plans.keys.best")} <Kbd>{keys.best}</Kbd>
          </span>
          <Button look="quiet" icon={<ZoomOut />} label={t("plans.zoomOut")} isDisabled={zoom === 0} onPress={() => setZoom((z) => Math.max(0, z - 1))} />
          <Button look="quiet" icon={<ZoomIn />} label={t("plans.zoomIn")} isDisabled={zoom === widths.length - 1} onPress={() => setZoom((z) => Math.min(widths.length - 1, z + 1))} />
        </div>
        <Gantt rows={shown} hour={widths[zoom] ?? 120} locked={ask !== null || busy} onMove={move} onDrop={drop} onRelease={release} />
      </div>
      {ask !== null && (
        <DiffPanel units={ask.preview.units} changes={ask.preview.changes} refused={ask.preview.refused} leftM={ask.kind === "walks" ? ask.preview.left_m : 0} rows={rows} busy={busy} onSend={() => void send()} onDiscard={() => setAsk(null)} />
      )}
    </div>
  );
}
