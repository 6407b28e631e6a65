import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, MapPinOff, MapPinPlus } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { city } from "../api/queries";
import { useFormat } from "../i18n/format";
import { useNow } from "../live/LiveProvider";
import { Button } from "../parts/Button";
import { Pick } from "../parts/Pick";
import { Bones, Empty } from "../parts/parts";
import { useSay } from "../parts/toast";
import type { LngLat } from "../api/types";
import { toCome } from "./patrol";
import { PatrolMap } from "./PatrolMap";
import css from "./Plans.module.css";
import { plans, type Walk } from "./requests";
import { TravelSign, travelWords } from "./Travel";

// PatrolView is the walks on the map: order and direction of one, of all what is
// seen and what is not yet.
export function PatrolView({ walks }: { walks: Walk[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const info = useQuery({ queryKey: ["map"], queryFn: ({ signal }) => city.map(signal) });
  const [chosen, setChosen] = useState<string | null>(null);
  const now = useNow(60_000);
  const say = useSay();
  const client = useQueryClient();
  const [goal, setGoal] = useState<LngLat | null>(null);
  const planned = useMemo(() => walks.filter((w) => w.planned), [walks]);
  // Whose a street is goes by the walks: what is not yet seen is asked for anew with them.
  const coverage = useQuery({ queryKey: ["plans", "coverage", planned.map((w) => w.shift)], queryFn: ({ signal }) => plans.coverage(signal), refetchInterval: 15_000 });
  const walk = planned.find((w) => String(w.shift) === chosen) ?? null;
  const teams = coverage.data ?? [];
  const put = useMutation({
    mutationFn: () => putSpots(planned.filter((w) => teams.some((c) => c.team === w.team && c.spots.some((v) => v.seen === null && v.walk === null)))),
    onSuccess: ({ walks: changed, refused }) => say([changed > 0 || refused === 0 ? t("plans.spots.putIn", { count: changed }) : "", refused > 0 ? t("plans.spots.refused", { count: refused }) : ""].filter((s) => s !== "").join(" ")),
    onSettled: () => client.invalidateQueries({ queryKey: ["plans"] }),
  });
  const team = teams.find((c) => c.team === walk?.team);
  const shown = walk === null ? teams : team === undefined ? [] : [team];
  const unseen = shown.flatMap((c) => c.unseen).filter((u) => walk === null || u.walk === walk.shift);
  const spots = shown.flatMap((c) => c.spots).filter((v) => walk === null || v.walk === walk.shift);
  const open = spots.filter((v) => v.seen === null);
  // Those that came when the walks were under way, by a shift of each team's.
  const lost = open.filter((v) => v.walk === null && Date.parse(v.close) > now);
  const metres = (list: number[]) => list.reduce((sum, m) => sum + m, 0);
  const all = walk === null ? metres(shown.map((c) => c.street_m)) : walk.served_m;
  const seen = walk === null ? metres(shown.map((c) => c.seen_m)) : coverage.data === undefined ? 0 : Math.max(0, all - metres(unseen.map((u) => u.metres)));
  if (info.data === undefined) return info.isError ? <Empty icon={<MapPinOff />} title={t("plans.patrol.noMap")} /> : <Bones lines={6} />;
  const walkOf = (shift: number | null) => planned.find((w) => w.shift === shift);
  return (
    <div className={css.patrol}>
      <div className={css.mapBox}>
        <PatrolMap info={info.data} walks={planned} chosen={walk} unseen={unseen} spots={spots} goal={goal} />
        <ul className={css.legend} aria-label={t("plans.patrol.legend")}>
          <li data-part="done">{t("plans.patrol.done")}</li>
          <li data-part="rest">{t("plans.patrol.rest")}</li>
          <li data-part="unseen">{t("plans.patrol.unseen")}</li>
          {unseen.some((u) => u.walk === null) && <li data-part="blind">{t("plans.patrol.nobody")}</li>}
        </ul>
      </div>
      <aside className={css.side}>
        <Pick
          label={t("plans.patrol.walk")}
          value={chosen}
          onChange={setChosen}
          placeholder={t("plans.patrol.everybody")}
          items={planned.map((w) => ({ id: String(w.shift), text: w.person.name, note: [`${format.clock(w.start)}–${format.clock(w.end)}`, travelWords(t, w.by), w.campaign === null ? "" : t("plans.campaigns.ofCampaign", { name: format.name(w.campaign.name) }), format.percent(w.progress)].filter((s) => s !== "").join(" · ") }))}
        />
        <div className={css.meter} role="meter" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round((100 * seen) / Math.max(1, all))} aria-label={t("plans.patrol.coverage")}>
          <span style={{ width: `${(100 * seen) / Math.max(1, all)}%` }} />
        </div>
        <p>
          <b>{format.percent(seen / Math.max(1, all))}</b> {t("plans.patrol.of", { seen: format.distance(seen), all: format.distance(all) })}
        </p>
        <Shape walks={walk === null ? planned : [walk]} />
        {spots.length > 0 && (
          <>
            <h2>{t("plans.spots.notYet", { count: open.length, of: spots.length })}</h2>
            {lost.length > 0 && (
              <Button icon={<MapPinPlus />} isPending={put.isPending} onPress={() => put.mutate()}>
                {t("plans.spots.put", { count: lost.length })}
              </Button>
            )}
            <ul className={css.unseen} data-part="spots">
              {open.map((v) => (
                <li key={`${v.spot} ${v.open}`}>
                  <button type="button" onClick={() => setGoal(v.at)}>
                    <b>{format.name(v.name)}</b>
                    <span>
                      {format.clock(v.open)}–{format.clock(v.close)}
                    </span>
                    <span data-late={v.walk === null || Date.parse(v.close) < now}>
                      {v.theme !== "" && `${v.theme} · `}
                      {Date.parse(v.close) < now ? t("plans.spots.missed") : v.walk === null || v.eta === null ? t("plans.patrol.nobody") : <><TravelSign by={walkOf(v.walk)?.by ?? "foot"} /> {walkOf(v.walk)?.person.name ?? ""} {format.clock(v.eta)}</>}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
        {walk?.ordered === true && <InOrder walk={walk} onGo={setGoal} />}
        <h2>{t("plans.patrol.notYet", { count: unseen.length })}</h2>
        {unseen.length === 0 && coverage.data !== undefined && (
          <p className={css.dim}>
            <Check aria-hidden /> {t("plans.patrol.allSeen")}
          </p>
        )}
        <ul className={css.unseen}>
          {unseen.slice(0, 300).map((u, i) => (
            <li key={i}>
              <button type="button" onClick={() => setGoal((u.lines[0]?.[0] as LngLat | undefined) ?? null)}>
                <b>{u.street === "" ? t("plans.unnamed") : u.street}</b>
                <span>{format.distance(u.metres)}</span>
                <span data-late={u.walk === null}>
                  {u.walk === null || u.eta === null ? t("plans.patrol.nobody") : <><TravelSign by={walkOf(u.walk)?.by ?? "foot"} /> {walkOf(u.walk)?.person.name ?? ""} {format.clock(u.eta)}</>}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </aside>
    </div>
  );
}

// Shape says what the order of the walks costs, and how their streets hang together: of
// several those that do least.
function Shape({ walks }: { walks: readonly Walk[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  // All walks that were made together have the same cost.
  const crews = new Map(walks.filter((w) => w.ordered).map((w) => [`${w.team} ${w.by} ${w.from} ${w.to}`, w.order_s]));
  const cost = [...crews.values()].reduce((sum, s) => sum + s, 0);
  const [least] = walks.filter((w) => w.pieces > 0).sort((a, b) => a.whole - b.whole);
  if (crews.size === 0 && least === undefined) return null;
  return (
    <p className={css.dim}>
      {crews.size > 0 && <>{t("plans.patrol.orderCosts", { minutes: Math.round(cost / 60) })} </>}
      {least !== undefined && t(walks.length > 1 ? "plans.patrol.leastWhole" : "plans.patrol.whole", { count: least.pieces, name: least.person.name, share: format.percent(least.whole) })}
    </p>
  );
}

// InOrder is what is still to be seen of a walk in its order, each with why it is there.
function InOrder({ walk, onGo }: { walk: Walk; onGo: (at: LngLat) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rows = toCome(walk);
  return (
    <>
      <h2>{t("plans.patrol.inOrder", { count: rows.length })}</h2>
      <ol className={css.unseen} data-part="order">
        {rows.slice(0, 300).map((r) => (
          <li key={r.id}>
            <button type="button" onClick={() => onGo(r.at)}>
              <b>{r.names === null ? (r.street === "" ? t("plans.unnamed") : r.street) : r.names.map((n) => format.name(n)).join(", ")}</b>
              <span>{format.clock(r.eta)}</span>
              <span>{r.reason.map((n) => format.name(n)).join(" · ")}</span>
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}

// putSpots has each crew take the spots in that are in nobody's walk, those on foot first.
async function putSpots(walks: readonly Walk[]): Promise<{ walks: number; refused: number }> {
  const crews = new Map(walks.filter((w) => !w.off && w.campaign === null).sort((a, b) => Number(b.by === "foot") - Number(a.by === "foot")).map((w) => [`${w.team} ${w.by} ${w.from} ${w.to}`, w.shift]));
  let [changed, refused] = [0, 0];
  for (const shift of crews.values()) {
    const preview = await plans.previewWalks({ spots: [shift] });
    refused += preview.refused.length;
    if (preview.units.length === 0) continue;
    changed += preview.units.length;
    await plans.sendWalks(preview.basis);
  }
  return { walks: changed, refused };
}
