import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { Hexagon, MousePointerClick, Spline, Trash2, Undo2 } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { closures, type Closure, type ClosureForm } from "../../api/closures";
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
import field from "../../parts/Field.module.css";
import css from "./Closures.module.css";
import { streetsChanged } from "./data";
import { useTravellerName, useTravellers } from "../travel/Travel";
import { drawnOf, type Draft } from "./draft";
import { Week } from "./Week";
import { calendarOf, weeklyOf, workdays, wrong, type Hours } from "./weekly";

// An effect is "closed", a speed in km/h ("kmh 20") or what remains of it ("share 0.5").
const effects = ["closed", "kmh 20", "kmh 10", "kmh 5", "share 0.75", "share 0.5", "share 0.25"];

const effectOf = (c: Closure | null): string => (c === null ? "closed" : c.speed_kmh !== null ? `kmh ${c.speed_kmh}` : c.speed_share !== null ? `share ${c.speed_share}` : "closed");

type Times = "always" | "week" | "kept"; // kept: a calendar that this form can't say

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
  const travel = useTravellers();
  const travellerName = useTravellerName();
  const [profiles, setProfiles] = useState<readonly string[]>(of?.profiles ?? []);
  const [effect, setEffect] = useState(effectOf(of));
  const known = of === null ? null : weeklyOf(of.calendar);
  const [times, setTimes] = useState<Times>(of === null || of.calendar === null ? "always" : known === null ? "kept" : "week");
  const [week, setWeek] = useState<Hours[]>(known ?? [workdays]);
  const [direction, setDirection] = useState<ClosureForm["direction"]>(of?.direction ?? "both");
  const shown = (iso: string | null | undefined) => (iso === null || iso === undefined ? "" : localTime(Date.parse(iso), zone).slice(0, 16));
  const [from, setFrom] = useState(shown(of?.from));
  const [to, setTo] = useState(shown(of?.to));
  const [saving, setSaving] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);

  const way = draft.mode === "area" ? "both" : direction;
  const drawn = drawnOf(draft);
  const preview = useQuery({
    queryKey: ["closure-preview", drawn, way, profiles],
    enabled: drawn !== null,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }) => {
      if (drawn === null) throw new Error("nothing is drawn");
      return closures.preview({ drawn, direction: way, profiles: [...profiles] }, signal);
    },
  });
  const meant = drawn !== null && !preview.isError ? preview.data : undefined;
  useEffect(() => {
    store.set((d) => (d.draft === null ? d : { ...d, draft: { ...d.draft, streets: meant?.streets.coordinates ?? [] } }));
  }, [store, meant]);

  const effectText = (id: string): string =>
    id === "closed" ? t("closure.sign.closed") : id.startsWith("kmh ") ? t("closure.atMost", { speed: format.number(Number(id.slice(4))) }) : t("closure.share", { share: format.percent(Number(id.slice(6))) });
  const undo = () => store.set((d) => moves.undraw(d));
  useKeys({ Backspace: undo });
  const ends = to === "" ? null : instant(to, zone);
  const begins = from === "" ? null : instant(from, zone);
  const lateEnd = ends !== null && ends <= (begins ?? clock.now());
  const why = drawn === null ? t("closure.needDrawn") : reason.trim() === "" ? t("closure.needReason") : lateEnd ? t("closure.endsBefore") : times === "week" && week.some((h) => wrong(h) !== null) ? t("closure.needTimes") : meant === undefined ? t("closure.needStreets") : undefined;
  const save = async () => {
    if (drawn === null) return;
    const form: ClosureForm = {
      reason: reason.trim(),
      drawn,
      direction: way,
      profiles: [...profiles],
      speed_kmh: effect.startsWith("kmh ") ? Number(effect.slice(4)) : null,
      speed_share: effect.startsWith("share ") ? Number(effect.slice(6)) : null,
      calendar: times === "always" ? null : times === "kept" ? (of?.calendar ?? null) : calendarOf(week, zone),
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
        <Choice
          label={t("closure.effect")}
          value={effect}
          onChange={setEffect}
          choices={[...new Set([...effects, effectOf(of)])].map((id) => ({ id, text: effectText(id) }))}
        />
        <div className={css.who}>
          <span className={field.label}>{t("closure.who")}</span>
          <ToggleButtonGroup
            aria-label={t("closure.who")}
            selectionMode="multiple"
            selectedKeys={profiles.length === 0 ? ["all"] : profiles}
            onSelectionChange={(keys) => setProfiles(profiles.length > 0 && keys.has("all") ? [] : [...keys].map(String).filter((k) => k !== "all"))}
            className={css.chips ?? ""}
          >
            <ToggleButton id="all" className={css.chip ?? ""}>
              {t("closure.for.all")}
            </ToggleButton>
            {[...new Set([...travel.list.map((p) => p.name), ...profiles])].map((name) => (
              <ToggleButton key={name} id={name} className={css.chip ?? ""}>
                {travellerName(name)}
              </ToggleButton>
            ))}
          </ToggleButtonGroup>
        </div>
        {draft.mode !== "area" && (
          <Choice label={t("closure.direction")} value={direction} onChange={setDirection} choices={(["both", "along", "against"] as const).map((id) => ({ id, text: t(draft.mode === "line" ? `closure.lineWay.${id}` : `closure.way.${id}`) }))} />
        )}
        <div className={css.row}>
          <Field label={t("closure.from")} type="datetime-local" value={from} onChange={setFrom} note={from === "" ? t("closure.fromNow") : undefined} />
          <Field label={t("closure.to")} type="datetime-local" value={to} onChange={setTo} note={to === "" ? t("closure.open") : undefined} error={lateEnd ? t("closure.endsBefore") : undefined} />
        </div>
        <Choice<Times>
          label={t("closure.when")}
          value={times}
          onChange={setTimes}
          choices={(["always", "week", ...(of !== null && of.calendar !== null && known === null ? (["kept"] as const) : [])] as const).map((id) => ({
            id,
            text: id === "kept" && of !== null ? format.name(of.when) : t(id === "week" ? "closure.week" : "closure.always"),
          }))}
        />
        {times === "week" && <Week value={week} onChange={setWeek} />}
        {meant?.holds === false && <Note>{t("closure.willPropose")}</Note>}
        {failed !== null && <Note tone="bad">{trouble(failed)}</Note>}
        <Button look="main" wide isPending={saving} why={why} onPress={() => void save()}>
          {t(of !== null ? "closure.save" : meant?.holds === false ? "closure.propose" : effect === "closed" ? "closure.doClose" : "closure.doSlow")}
        </Button>
      </div>
    </Panel>
  );
}
