import { useQuery } from "@tanstack/react-query";
import { Check, Footprints, MapPinOff } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { city } from "../api/queries";
import { useFormat } from "../i18n/format";
import { Pick } from "../parts/Pick";
import { Bones, Empty } from "../parts/parts";
import type { LngLat } from "../api/types";
import { PatrolMap } from "./PatrolMap";
import css from "./Plans.module.css";
import { plans, type Walk } from "./requests";

// PatrolView is the walks on the map: order and direction of one, of all what is
// seen and what is not yet.
export function PatrolView({ walks }: { walks: Walk[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const info = useQuery({ queryKey: ["map"], queryFn: ({ signal }) => city.map(signal) });
  const [chosen, setChosen] = useState<string | null>(null);
  const [goal, setGoal] = useState<LngLat | null>(null);
  const planned = useMemo(() => walks.filter((w) => w.planned), [walks]);
  // Whose a street is goes by the walks: what is not yet seen is asked for anew with them.
  const coverage = useQuery({ queryKey: ["plans", "coverage", planned.map((w) => w.shift)], queryFn: ({ signal }) => plans.coverage(signal), refetchInterval: 15_000 });
  const walk = planned.find((w) => String(w.shift) === chosen) ?? null;
  const teams = coverage.data ?? [];
  const team = teams.find((c) => c.team === walk?.team);
  const shown = walk === null ? teams : team === undefined ? [] : [team];
  const unseen = shown.flatMap((c) => c.unseen).filter((u) => walk === null || u.walk === walk.shift);
  const metres = (list: number[]) => list.reduce((sum, m) => sum + m, 0);
  const all = walk === null ? metres(shown.map((c) => c.street_m)) : walk.served_m;
  const seen = walk === null ? metres(shown.map((c) => c.seen_m)) : coverage.data === undefined ? 0 : Math.max(0, all - metres(unseen.map((u) => u.metres)));
  if (info.data === undefined) return info.isError ? <Empty icon={<MapPinOff />} title={t("plans.patrol.noMap")} /> : <Bones lines={6} />;
  const officer = (shift: number | null) => planned.find((w) => w.shift === shift)?.person.name;
  return (
    <div className={css.patrol}>
      <div className={css.mapBox}>
        <PatrolMap info={info.data} walks={planned} chosen={walk} unseen={unseen} goal={goal} />
        <ul className={css.legend} aria-label={t("plans.patrol.legend")}>
          <li data-part="done">{t("plans.patrol.done")}</li>
          <li data-part="rest">{t("plans.patrol.rest")}</li>
          <li data-part="unseen">{t("plans.patrol.unseen")}</li>
        </ul>
      </div>
      <aside className={css.side}>
        <Pick
          label={t("plans.patrol.walk")}
          value={chosen}
          onChange={setChosen}
          placeholder={t("plans.patrol.everybody")}
          items={planned.map((w) => ({ id: String(w.shift), text: w.person.name, note: `${format.clock(w.start)}–${format.clock(w.end)} · ${format.percent(w.progress)}` }))}
        />
        <div className={css.meter} role="meter" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round((100 * seen) / Math.max(1, all))} aria-label={t("plans.patrol.coverage")}>
          <span style={{ width: `${(100 * seen) / Math.max(1, all)}%` }} />
        </div>
        <p>
          <b>{format.percent(seen / Math.max(1, all))}</b> {t("plans.patrol.of", { seen: format.distance(seen), all: format.distance(all) })}
        </p>
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
                  {u.walk === null || u.eta === null ? t("plans.patrol.nobody") : <><Footprints aria-hidden /> {officer(u.walk) ?? ""} {format.clock(u.eta)}</>}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </aside>
    </div>
  );
}
