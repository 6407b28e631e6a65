import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { Hexagon, MousePointerClick, Spline, Trash2, Undo2 } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { closures, type ClosureForm } from "../../api/closures";
import { instant, localTime } from "../../fleet/time";
import { useFormat } from "../../i18n/format";
import { useLive } from "../../live/LiveProvider";
import { Button } from "../../parts/Button";
import { Choice, Field } from "../../parts/Field";
import { Panel } from "../../parts/Panel";
import { Note, Segments, useTrouble } from "../../parts/parts";
import { useSay } from "../../parts/toast";
import { useSession } from "../../session/session";
import { useKeys } from "../../shell/keys";
import { moves, useDeskStore } from "../desk";
import css from "./Closures.module.css";
import { streetsChanged } from "./data";
import { drawnOf, type Draft } from "./draft";

type Who = "all" | "foot" | "car";
type Effect = "closed" | "20" | "10" | "5";

// DrawPanel closes a street: where on the map, the rest here. The server says
// which streets are meant before anything is kept.
export function DrawPanel({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDeskStore();
  const client = useQueryClient();
  const say = useSay();
  const trouble = useTrouble();
  const { clock } = useLive();
  const { time_zone: zone } = useSession();
  const { of } = draft;
  const [reason, setReason] = useState(of?.reason ?? "");
  const [who, setWho] = useState<Who>(of?.profiles.length === 1 && (of.profiles[0] === "foot" || of.profiles[0] === "car") ? of.profiles[0] : "all");
  const [effect, setEffect] = useState<Effect>(of?.speed_kmh === 20 || of?.speed_kmh === 10 || of?.speed_kmh === 5 ? (`${of.speed_kmh}` as Effect) : "closed");
  const [direction, setDirection] = useState<ClosureForm["direction"]>(of?.direction ?? "both");
  const shown = (iso: string | null | undefined) => (iso === null || iso === undefined ? "" : localTime(Date.parse(iso), zone).slice(0, 16));
  const [from, setFrom] = useState(shown(of?.from));
  const [to, setTo] = useState(shown(of?.to));
  const [saving, setSaving] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);

  const way = draft.mode === "area" ? "both" : direction;
  const profiles = who === "all" ? [] : [who];
  const drawn = drawnOf(draft);
  const preview = useQuery({
    queryKey: ["closure-preview", drawn, way, profiles],
    enabled: drawn !== null,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }) => {
      if (drawn === null) throw new Error("nothing is drawn");
      return closures.preview({ drawn, direction: way, profiles }, signal);
    },
  });
  const meant = drawn !== null && !preview.isError ? preview.data : undefined;
  useEffect(() => {
    store.set((d) => (d.draft === null ? d : { ...d, draft: { ...d.draft, streets: meant?.streets.coordinates ?? [] } }));
  }, [store, meant]);

  const undo = () => store.set((d) => moves.undraw(d));
  useKeys({ Backspace: undo });
  const ends = to === "" ? null : instant(to, zone);
  const begins = from === "" ? null : instant(from, zone);
  const lateEnd = ends !== null && ends <= (begins ?? clock.now());
  const why = drawn === null ? t("closure.needDrawn") : reason.trim() === "" ? t("closure.needReason") : lateEnd ? t("closure.endsBefore") : meant === undefined ? t("closure.needStreets") : undefined;
  const save = async () => {
    if (drawn === null) return;
    const form: ClosureForm = {
      reason: reason.trim(),
      drawn,
      direction: way,
      profiles,
      speed_kmh: effect === "closed" ? null : Number(effect),
      from: begins === null ? null : new Date(begins).toISOString(),
      to: ends === null ? null : new Date(ends).toISOString(),
    };
    setSaving(true);
    setFailed(null);
    try {
      const kept = of === null ? await closures.add(form) : await closures.change(of, form);
      streetsChanged(client);
      say(t(kept.state === "approved" ? (kept.active ? "closure.closed" : "closure.planned") : "closure.proposedSaid"));
      store.set((d) => moves.openClosure({ ...d, draft: null }, kept.id));
    } catch (e) {
      setFailed(e);
    }
    setSaving(false);
  };
  return (
    <Panel title={t(of === null ? "closure.new" : "closure.change")} onClose={() => store.set(moves.close)}>
      <div className={css.form}>
        <Segments
          label={t("closure.how")}
          value={draft.mode}
          onChange={(mode) => store.set((d) => (d.draft === null ? d : { ...d, draft: { ...d.draft, mode, points: [], streets: [] } }))}
          choices={[
            { id: "pick", text: t("closure.pick"), icon: <MousePointerClick aria-hidden /> },
            { id: "line", text: t("closure.line"), icon: <Spline aria-hidden /> },
            { id: "area", text: t("closure.area"), icon: <Hexagon aria-hidden /> },
          ]}
        />
        <div className={css.meant} role="status">
          {drawn === null && <span>{t(`closure.hint.${draft.mode}`)}</span>}
          {meant !== undefined && (
            <>
              <b>{meant.names.length === 0 ? t("street.unnamed") : meant.names.slice(0, 4).join(" · ")}</b>
              <span>{t("closure.meant", { count: meant.segments, distance: format.distance(meant.length_m) })}</span>
            </>
          )}
          {drawn !== null && preview.isError && <span>{trouble(preview.error)}</span>}
        </div>
        {draft.points.length > 0 && (
          <div className={css.actions}>
            <Button look="quiet" icon={<Undo2 />} keys="Backspace" onPress={undo}>
              {t("closure.undo")}
            </Button>
            <Button look="quiet" icon={<Trash2 />} onPress={() => store.set((d) => (d.draft === null ? d : { ...d, draft: { ...d.draft, points: [], streets: [] } }))}>
              {t("closure.clear")}
            </Button>
          </div>
        )}
        <Field label={t("closure.reason")} value={reason} onChange={setReason} maxLength={200} placeholder={t("closure.reasonSuch")} />
        <div className={css.row}>
          <Choice<Effect>
            label={t("closure.effect")}
            value={effect}
            onChange={setEffect}
            choices={[{ id: "closed", text: t("closure.sign.closed") }, ...(["20", "10", "5"] as const).map((id) => ({ id, text: t("closure.atMost", { speed: id }) }))]}
          />
          <Choice<Who> label={t("closure.who")} value={who} onChange={setWho} choices={(["all", "car", "foot"] as const).map((id) => ({ id, text: t(`closure.for.${id}`) }))} />
        </div>
        {draft.mode !== "area" && (
          <Choice label={t("closure.direction")} value={direction} onChange={setDirection} choices={(["both", "along", "against"] as const).map((id) => ({ id, text: t(draft.mode === "line" ? `closure.lineWay.${id}` : `closure.way.${id}`) }))} />
        )}
        <div className={css.row}>
          <Field label={t("closure.from")} type="datetime-local" value={from} onChange={setFrom} note={from === "" ? t("closure.fromNow") : undefined} />
          <Field label={t("closure.to")} type="datetime-local" value={to} onChange={setTo} note={to === "" ? t("closure.open") : undefined} error={lateEnd ? t("closure.endsBefore") : undefined} />
        </div>
        {meant?.holds === false && <Note>{t("closure.willPropose")}</Note>}
        {failed !== null && <Note tone="bad">{trouble(failed)}</Note>}
        <Button look="main" wide isPending={saving} why={why} onPress={() => void save()}>
          {t(of !== null ? "closure.save" : meant?.holds === false ? "closure.propose" : effect === "closed" ? "closure.doClose" : "closure.doSlow")}
        </Button>
      </div>
    </Panel>
  );
}
