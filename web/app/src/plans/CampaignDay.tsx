import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, CalendarOff, CalendarPlus, Download, RefreshCw, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { useNow } from "../live/LiveProvider";
import { Button } from "../parts/Button";
import button from "../parts/Button.module.css";
import { Note, Segments, useTrouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import { useTheme } from "../shell/theme";
import { countsOf, pairColours } from "./campaigns";
import css from "./Plans.module.css";
import { plans, type CampaignCount, type CampaignDate, type CampaignDay } from "./requests";
import { SheetFields } from "./SheetFields";

interface Props {
  day: CampaignDay;
  may: boolean; // change it
  pair: number | null;
  setPair: (n: number | null) => void;
  onBack: () => void;
  again: (d: CampaignDate) => void;
  planning: boolean;
}

// CampaignDayPanel is one day: its pairs, and what they found.
export function CampaignDayPanel({ day, may, pair, setPair, onBack, again, planning }: Props) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const theme = useTheme();
  const trouble = useTrouble();
  const client = useQueryClient();
  const [tab, setTab] = useState<"pairs" | "results">(day.sheets.length > 0 ? "results" : "pairs");
  const off = useMutation({
    mutationFn: () => plans.callOff(day, !day.off),
    onSuccess: (d) => client.setQueryData(["plans", "campaign-day", d.id], d),
    onSettled: () => client.invalidateQueries({ queryKey: ["plans"] }),
  });
  const over = Date.parse(day.end) < useNow(60_000);
  const date: CampaignDate = { begin: day.begin, end: day.end, day: day.id, version: day.version, off: day.off, held: true, pairs: 0, sheets: 0, total: day.total };
  const chosen = day.pairs.find((p) => p.n === pair);
  const minutes = day.pairs.map((p) => p.minutes);
  return (
    <>
      <div className={css.campaignBar}>
        <Button look="quiet" icon={<ArrowLeft />} onPress={onBack}>{t("plans.campaigns.back")}</Button>
        {may && day.sheets.length === 0 && !over && (
          <Button icon={<RefreshCw />} isPending={planning} onPress={() => again(date)}>{t("plans.campaigns.again")}</Button>
        )}
        {may && (
          <Button icon={day.off ? <CalendarPlus /> : <CalendarOff />} isPending={off.isPending} onPress={() => off.mutate()}>{t(day.off ? "plans.campaigns.on" : "plans.campaigns.callOff")}</Button>
        )}
      </div>
      <h2>
        {format.name(day.name)} · {format.date(day.begin)} {format.clock(day.begin)}–{format.clock(day.end)}
      </h2>
      {off.error !== null && <Note tone="bad">{trouble(off.error)}</Note>}
      {day.off && <Note tone="warn">{t("plans.campaigns.offNote")}</Note>}
      {day.left.map((l) => (
        <Note key={`${l.road} ${l.why}`} tone="warn">{t(`plans.campaigns.left.${l.why}`, { road: day.roads[l.road] ?? "", metres: format.distance(l.metres) })}</Note>
      ))}
      <Segments label={t("plans.campaigns.show")} value={tab} onChange={setTab} choices={[{ id: "pairs", text: t("plans.campaigns.pairs") }, { id: "results", text: t("plans.campaigns.results") }]} />
      {tab === "pairs" ? (
        <>
          <p className={css.dim}>{t("plans.campaigns.even", { count: day.pairs.length, least: Math.round(Math.min(...minutes)), most: Math.round(Math.max(...minutes)) })}</p>
          <ul className={css.unseen} data-testid="campaign-pairs">
            {day.pairs.map((p) => (
              <li key={p.n}>
                <button type="button" aria-pressed={pair === p.n} onClick={() => setPair(pair === p.n ? null : p.n)}>
                  <b className={css.campaignPair}>
                    <i style={{ background: pairColours[theme][(p.n - 1) % pairColours[theme].length] }}>{p.n}</i> {p.people.map((m) => m.name).join(" + ")}
                  </b>
                  <span>{t("plans.campaigns.minutes", { count: Math.round(p.minutes) })}</span>
                  <span data-late={p.people.some((m) => !m.on_roster)}>
                    {t("plans.campaigns.looks", { look: format.distance(p.look_m), way: format.distance(p.way_m) })}
                    {p.people.some((m) => !m.on_roster) && <> · <TriangleAlert aria-hidden /> {t("plans.campaigns.noShift", { names: p.people.filter((m) => !m.on_roster).map((m) => m.name).join(", ") })}</>}
                  </span>
                  {pair === p.n && <span>{[...new Set(p.stops.map((s) => (s.street === "" ? t("plans.unnamed") : s.street)))].join(" → ")}</span>}
                </button>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <>
          <p>
            <b>{t("plans.campaigns.total", { found: day.total.found, fixed: day.total.fixed, notices: day.total.notices })}</b>
          </p>
          <div className={css.campaignScroll}>
            <table className={css.campaignTable}>
              <thead>
                <tr>
                  <th scope="col">{t("plans.campaigns.item")}</th>
                  {(["found", "fixed", "notices"] as const).map((k) => <th key={k} scope="col">{t(`plans.campaigns.${k}`)}</th>)}
                </tr>
              </thead>
              <tbody>
                {countsOf(day).map((c) => (
                  <tr key={c.item}>
                    <th scope="row">{format.name(day.checklist.find((i) => i.code === c.item)?.text, c.item)}</th>
                    <td>{c.found}</td>
                    <td>{c.fixed}</td>
                    <td>{c.notices}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          <a className={`${button.button} ${button.plain ?? ""} ${css.campaignFile}`} href={`/api/campaign-days/${day.id}/export?lang=${i18n.language}`} download>
            <Download aria-hidden /> {t("plans.campaigns.file")}
          </a>
          <h3>{t("plans.campaigns.sheets")}</h3>
          <div className={css.weekdays} role="group" aria-label={t("plans.campaigns.pairs")}>
            {day.pairs.map((p) => (
              <button key={p.n} type="button" aria-pressed={pair === p.n} title={p.people.map((m) => m.name).join(" + ")} onClick={() => setPair(pair === p.n ? null : p.n)}>
                {p.n}{day.sheets.some((s) => s.pair === p.n) && " ✓"}
              </button>
            ))}
          </div>
          {chosen === undefined ? (
            <p className={css.dim}>{t("plans.campaigns.choosePair")}</p>
          ) : (
            day.roads.map((name, k) => ((chosen.road_m[k] ?? 0) > 0 || day.sheets.some((s) => s.pair === chosen.n && s.road === k + 1)) && <DeskSheet key={`${chosen.n} ${k} ${day.sheets.find((s) => s.pair === chosen.n && s.road === k + 1)?.version ?? 0}`} day={day} pair={chosen.n} road={k + 1} name={name === "" ? t("plans.unnamed") : name} may={may && !day.off} />)
          )}
          </div>
        </>
      )}
    </>
  );
}

function DeskSheet({ day, pair, road, name, may }: { day: CampaignDay; pair: number; road: number; name: string; may: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const trouble = useTrouble();
  const say = useSay();
  const client = useQueryClient();
  const was = day.sheets.find((s) => s.pair === pair && s.road === road);
  const [counts, setCounts] = useState<CampaignCount[]>(was?.counts ?? []);
  const [note, setNote] = useState(was?.note ?? "");
  const save = useMutation({
    mutationFn: () => plans.putSheet(day.id, pair, road, was?.version ?? 0, { counts, note }),
    onSuccess: () => say(t("plans.campaigns.sheetSaved")),
    onSettled: () => client.invalidateQueries({ queryKey: ["plans"] }),
  });
  return (
    <section className={css.campaignSheet} aria-label={name}>
      <h3>{name}</h3>
      {was !== undefined && <p className={css.dim}>{t("plans.campaigns.by", { name: was.by, time: format.time(was.at) })}</p>}
      {save.error !== null && <Note tone="bad">{trouble(save.error)}</Note>}
      <SheetFields items={day.checklist} counts={counts} set={setCounts} />
      <label className={css.campaignText}>
        <span>{t("plans.campaigns.note")}</span>
        <textarea rows={2} maxLength={300} value={note} onChange={(e) => setNote(e.target.value)} />
      </label>
      <Button look="main" isPending={save.isPending} why={may ? undefined : t(day.off ? "plans.campaigns.offNote" : "plans.campaigns.notYours")} onPress={() => save.mutate()}>{t("parts.save")}</Button>
    </section>
  );
}
