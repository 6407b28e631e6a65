import { useMutation, useQuery } from "@tanstack/react-query";
import { ClipboardCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Note, useTrouble } from "../parts/parts";
import { useRight } from "../session/session";
import type { CampaignCount } from "../plans/requests";
import { SheetFields } from "../plans/SheetFields";
import css from "./Phone.module.css";
import { readTurns, tellSheet, type CampaignTurn } from "./wire";

const shownAfter = 12 * 3_600_000;
const shownBefore = 3_600_000;

// CampaignTurns leads to the result sheets of the campaign that is on, was today or
// begins soon.
export function CampaignTurns({ now }: { now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useRight("campaigns.mine");
  const turns = useQuery({ queryKey: ["phone", "campaigns"], queryFn: readTurns, refetchInterval: 60_000, enabled: may, retry: false });
  const [open, setOpen] = useState<number | null>(null);
  const near = (turns.data ?? []).filter((d) => now > Date.parse(d.begin) - shownBefore && now < Date.parse(d.end) + shownAfter);
  const turn = near.find((d) => d.day === open);
  return (
    <>
      {near.map((d) => (
        <button key={d.day} type="button" className={css.banner} onClick={() => setOpen(d.day)}>
          <ClipboardCheck aria-hidden />
          <span>
            <b>{t("phone.campaign.title", { name: format.name(d.name) })}</b>
            {format.clock(d.begin)}–{format.clock(d.end)} · {d.with.length === 0 ? t("phone.campaign.alone", { pair: d.pair }) : t("phone.campaign.pair", { pair: d.pair, names: d.with.join(", ") })}
          </span>
        </button>
      ))}
      {turn !== undefined && (
        <Dialog title={format.name(turn.name)} open onClose={() => setOpen(null)}>
          <div className={css.list}>
            {turn.roads.length === 0 && <p>{t("phone.campaign.none")}</p>}
            {turn.roads.map((r) => (
              <RoadSheet key={r.road} turn={turn} road={r.road} title={`${r.name === "" ? t("plans.unnamed") : r.name} · ${format.distance(r.metres)}`} refresh={turns.refetch} />
            ))}
          </div>
        </Dialog>
      )}
    </>
  );
}

// RoadSheet keeps what was entered until it is handed in, also when that fails.
function RoadSheet({ turn, road, title, refresh }: { turn: CampaignTurn; road: number; title: string; refresh: () => Promise<unknown> }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const there = turn.sheets.find((s) => s.road === road);
  const [base, setBase] = useState(there);
  const [counts, setCounts] = useState<CampaignCount[]>(there?.counts ?? []);
  const [note, setNote] = useState(there?.note ?? "");
  const save = useMutation({
    mutationFn: () => tellSheet(turn, road, base?.version ?? 0, { counts, note }),
    onSuccess: (s) => setBase(s),
    onSettled: () => void refresh(),
  });
  const stale = save.error instanceof Problem && save.error.status === 412;
  const theirs = () => {
    setBase(there);
    setCounts(there?.counts ?? []);
    setNote(there?.note ?? "");
    save.reset();
  };
  return (
    <section aria-label={title} className={css.list}>
      <h3>{title}</h3>
      <SheetFields items={turn.checklist} counts={counts} set={setCounts} />
      <label className={css.noteField}>
        <span>{t("plans.campaigns.note")}</span>
        <textarea rows={2} maxLength={300} value={note} onChange={(e) => setNote(e.target.value)} />
      </label>
      {stale ? (
        <Note tone="warn">
          {t("phone.campaign.stale")} <Button onPress={theirs}>{t("phone.campaign.reload")}</Button>
        </Note>
      ) : (
        save.error !== null && <Note tone="bad">{t("phone.campaign.notKept", { why: trouble(save.error) })}</Note>
      )}
      {save.isSuccess && <Note>{t("phone.campaign.saved")}</Note>}
      <Button look="main" big wide isPending={save.isPending} onPress={() => save.mutate()}>
        {t("phone.campaign.save")}
      </Button>
    </section>
  );
}
