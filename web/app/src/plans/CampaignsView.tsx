import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CalendarX2, MapPinOff, Pencil, Plus } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ground } from "../api/ground";
import { city } from "../api/queries";
import type { LngLat } from "../api/types";
import { useFormat } from "../i18n/format";
import { teamsKey } from "../map/ground";
import { Button } from "../parts/Button";
import { Bones, Empty, Note, Trouble, useTrouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import { useRight, useSession } from "../session/session";
import { CampaignDayPanel } from "./CampaignDay";
import { CampaignEditor } from "./CampaignEditor";
import { emptyCampaign, formOf, sameRoad, type CampaignForm } from "./campaigns";
import { CampaignsMap } from "./CampaignsMap";
import css from "./Plans.module.css";
import { plans, type Campaign, type CampaignDate, type CampaignRoad } from "./requests";

// What a click on the map does while a campaign is edited.
export type Aim = "road" | "meet";

// CampaignsView is the campaigns: the list, the form of one, its dates, and one day.
export function CampaignsView() {
  const { t } = useTranslation();
  const format = useFormat();
  const trouble = useTrouble();
  const say = useSay();
  const client = useQueryClient();
  const may = useRight("campaigns.edit");
  const { person } = useSession();
  const box = useRef<(() => string) | null>(null);
  const info = useQuery({ queryKey: ["map"], queryFn: ({ signal }) => city.map(signal) });
  const list = useQuery({ queryKey: ["plans", "campaigns"], queryFn: ({ signal }) => plans.campaigns(signal) });
  const teams = useQuery({ queryKey: teamsKey, queryFn: ({ signal }) => ground.teams(signal) });
  const [chosen, setChosen] = useState<number | null>(null);
  const [edit, setEdit] = useState<{ campaign: Campaign | null; form: CampaignForm } | null>(null);
  const [aim, setAim] = useState<Aim>("road");
  const [found, setFound] = useState<readonly CampaignRoad[]>([]);
  const [dayId, setDayId] = useState<number | null>(null);
  const [pair, setPair] = useState<number | null>(null);
  const campaign = list.data?.find((c) => c.id === chosen) ?? null;
  const dates = useQuery({ queryKey: ["plans", "campaigns", chosen], queryFn: ({ signal }) => plans.campaignDates(chosen ?? 0, signal), enabled: campaign !== null, refetchInterval: 30_000 });
  const day = useQuery({ queryKey: ["plans", "campaign-day", dayId], queryFn: ({ signal }) => plans.campaignDay(dayId ?? 0, signal), enabled: dayId !== null, refetchInterval: 15_000 });
  const add = (r: CampaignRoad) => {
    setFound((all) => all.filter((x) => !sameRoad(x, r)));
    setEdit((e) => (e === null || e.form.roads.some((x) => sameRoad(x, r)) ? e : { ...e, form: { ...e.form, roads: [...e.form.roads, r] } }));
  };
  const at = useMutation({
    mutationFn: (p: LngLat) => plans.campaignStreets({ at: p.join(",") }),
    onSuccess: ([r]) => (r === undefined ? say(t("plans.campaigns.noStreet")) : add({ ...r, both: true })),
    onError: (e) => say(trouble(e)),
  });
  const plan = useMutation({
    mutationFn: (d: CampaignDate) => plans.planCampaign(chosen ?? 0, d),
    onSuccess: (d) => {
      setDayId(d.id);
      setPair(null);
    },
    onError: (e) => say(trouble(e)),
    onSettled: () => client.invalidateQueries({ queryKey: ["plans"] }),
  });
  if (info.data === undefined) return info.isError ? <Empty icon={<MapPinOff />} title={t("plans.patrol.noMap")} /> : <Bones lines={6} />;
  const begin = (c: Campaign | null) => {
    const own = person?.grants.find((g) => g.role === "planner" || g.role === "team-leader");
    setFound([]);
    setAim("road");
    setEdit({ campaign: c, form: c === null ? emptyCampaign(own === undefined ? null : String(own.area)) : formOf(c) });
  };
  const shownDay = dayId === null ? null : (day.data ?? null);
  const roads = edit?.form.roads ?? (dayId === null ? (campaign?.roads ?? []) : []);
  return (
    <div className={css.patrol}>
      <div className={css.mapBox}>
        <CampaignsMap
          info={info.data}
          roads={roads}
          found={edit === null ? [] : found}
          meet={(edit?.form.meet ?? (campaign?.meet)) ?? null}
          day={edit === null ? shownDay : null}
          pair={pair}
          box={box}
          onClick={
            edit === null
              ? null
              : (p) => {
                  if (aim === "road") at.mutate(p);
                  else {
                    setEdit({ ...edit, form: { ...edit.form, meet: p } });
                    setAim("road");
                  }
                }
          }
        />
      </div>
      <aside className={css.side}>
        {list.isError && <Trouble error={list.error} />}
        {edit !== null ? (
          <CampaignEditor
            key={edit.campaign?.id ?? 0}
            campaign={edit.campaign}
            form={edit.form}
            set={(form) => setEdit({ ...edit, form })}
            aim={aim}
            setAim={setAim}
            found={found}
            setFound={setFound}
            add={add}
            box={() => box.current?.() ?? ""}
            teams={teams.data ?? []}
            onClose={(saved) => {
              setEdit(null);
              if (saved !== undefined) setChosen(saved);
            }}
          />
        ) : dayId !== null ? (
          day.data === undefined ? (
            day.isError ? <Trouble error={day.error} /> : <Bones lines={5} />
          ) : (
            <CampaignDayPanel key={day.data.id} day={day.data} may={may} pair={pair} setPair={setPair} onBack={() => { setDayId(null); setPair(null); }} again={(d) => plan.mutate(d)} planning={plan.isPending} />
          )
        ) : campaign !== null ? (
          <>
            <h2>{format.name(campaign.name)}</h2>
            {campaign.paused && <Note tone="warn">{t("plans.campaigns.pausedNote")}</Note>}
            <div className={css.campaignBar}>
              <Button look="quiet" onPress={() => setChosen(null)}>{t("plans.campaigns.all")}</Button>
              {may && <Button icon={<Pencil />} onPress={() => begin(campaign)}>{t("plans.campaigns.edit")}</Button>}
            </div>
            <h2>{t("plans.campaigns.dates")}</h2>
            {dates.isError && <Trouble error={dates.error} />}
            {dates.data?.length === 0 && <p className={css.dim}><CalendarX2 aria-hidden /> {t("plans.campaigns.noDates")}</p>}
            <Dates dates={dates.data ?? []} may={may} planning={plan.isPending} open={setDayId} plan={(d) => plan.mutate(d)} />
          </>
        ) : (
          <>
            {may && <Button icon={<Plus />} onPress={() => begin(null)}>{t("plans.campaigns.add")}</Button>}
            <h2>{t("plans.campaigns.count", { count: list.data?.length ?? 0 })}</h2>
            {list.data?.length === 0 && <p className={css.dim}>{t("plans.campaigns.none")}</p>}
            <ul className={css.unseen}>
              {(list.data ?? []).map((c) => (
                <li key={c.id}>
                  <button type="button" onClick={() => setChosen(c.id)}>
                    <b>{format.name(c.name)}</b>
                    <span>{c.paused ? t("plans.campaigns.paused") : ""}</span>
                    <span>{t("plans.campaigns.roadCount", { count: c.roads.length })} · {t("plans.campaigns.itemCount", { count: c.checklist.length })}</span>
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </aside>
    </div>
  );
}

function Dates({ dates, may, planning, open, plan }: { dates: CampaignDate[]; may: boolean; planning: boolean; open: (day: number) => void; plan: (d: CampaignDate) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = (d: CampaignDate) =>
    d.off
      ? t("plans.campaigns.off")
      : d.day === null
        ? may ? t("plans.campaigns.planNow") : t("plans.campaigns.notPlanned")
        : d.sheets > 0
          ? t("plans.campaigns.total", { found: d.total.found, fixed: d.total.fixed, notices: d.total.notices })
          : t("plans.campaigns.pairCount", { count: d.pairs });
  return (
    <ul className={css.unseen} data-testid="campaign-dates">
      {dates.map((d) => (
        <li key={d.begin}>
          <button type="button" disabled={d.day === null && (!may || planning)} onClick={() => (d.day === null ? plan(d) : open(d.day))}>
            <b>{format.date(d.begin)}</b>
            <span>
              {format.clock(d.begin)}–{format.clock(d.end)}
            </span>
            <span data-late={d.off}>{words(d)}{!d.held && !d.off && ` · ${t("plans.campaigns.notHeld")}`}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
