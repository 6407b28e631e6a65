import { CalendarPlus, CalendarX2, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../parts/Button";
import { Field } from "../parts/Field";
import { Note, Segments } from "../parts/parts";
import { useSession } from "../session/session";
import type { Form } from "./form";
import { noHours, type Exception, type Hours, type Period } from "./week";
import { WeekPainter } from "./WeekPainter";
import css from "./Zones.module.css";

// HoursFields say when the rule holds: always, or by weeks, seasons and exceptions.
export function HoursFields({ form, set, words }: { form: Form; set: (f: Form) => void; words: string }) {
  const { t } = useTranslation();
  const { time_zone } = useSession();
  const { hours } = form;
  const change = (next: Partial<Hours>) => set({ ...form, hours: { ...hours, ...next } });
  const period = (i: number, next: Partial<Period>) => change({ periods: hours.periods.map((p, k) => (k === i ? { ...p, ...next } : p)) });
  const exception = (i: number, next: Partial<Exception>) => change({ exceptions: hours.exceptions.map((x, k) => (k === i ? { ...x, ...next } : x)) });
  return (
    <fieldset className={css.group}>
      <legend>{t("zoneEdit.when")}</legend>
      <Segments
        label={t("zoneEdit.when")}
        value={form.always ? "always" : "hours"}
        onChange={(v) => set({ ...form, always: v === "always" })}
        choices={[
          { id: "always", text: t("zones.always") },
          { id: "hours", text: t("zoneEdit.byHours") },
        ]}
      />
      {!form.always && form.kept !== null && (
        <Note>
          {t("zoneEdit.kept")} <q>{words}</q>{" "}
          <Button look="quiet" onPress={() => set({ ...form, kept: null })}>
            {t("zoneEdit.paintAnew")}
          </Button>
        </Note>
      )}
      {!form.always && form.kept === null && (
        <>
          {hours.periods.map((p, i) => (
            <div key={i} className={css.period}>
              {p.seasons.map((s, k) => {
                const season = (next: Partial<typeof s>) => period(i, { seasons: p.seasons.map((x, n) => (n === k ? { ...x, ...next } : x)) });
                return (
                  <div key={k} className={css.dates}>
                    <Field label={t("zoneEdit.seasonFrom")} placeholder="05-01" value={s.from} onChange={(from) => season({ from })} maxLength={5} />
                    <Field label={t("zoneEdit.seasonTo")} placeholder="06-30" value={s.to} onChange={(to) => season({ to })} maxLength={5} />
                    <Button look="quiet" icon={<Trash2 />} label={t("zoneEdit.removeSeason")} onPress={() => (hours.periods.length > 1 && p.seasons.length === 1 ? change({ periods: hours.periods.filter((_, n) => n !== i) }) : period(i, { seasons: p.seasons.filter((_, n) => n !== k) }))} />
                  </div>
                );
              })}
              <WeekPainter label={t("zoneEdit.week", { n: i + 1 })} week={p.week} onChange={(week) => period(i, { week })} />
            </div>
          ))}
          <p className={css.hint}>{t("zoneEdit.zone", { zone: form.zone ?? time_zone })}</p>
          <div className={css.acts}>
            {hours.periods.length === 1 && hours.periods[0]?.seasons.length === 0 ? (
              <Button icon={<CalendarPlus />} onPress={() => period(0, { seasons: [{ from: "05-01", to: "09-30" }] })}>
                {t("zoneEdit.onlySeason")}
              </Button>
            ) : (
              <Button icon={<CalendarPlus />} onPress={() => change({ periods: [...hours.periods, { seasons: [{ from: "10-01", to: "04-30" }], week: noHours }] })}>
                {t("zoneEdit.otherSeason")}
              </Button>
            )}
            <Button icon={<CalendarX2 />} onPress={() => change({ exceptions: [...hours.exceptions, { from: "", to: "", windows: [] }] })}>
              {t("zoneEdit.addException")}
            </Button>
          </div>
          {hours.exceptions.map((x, i) => (
            <div key={i} className={css.exception}>
              <div className={css.dates}>
                <Field label={t("zoneEdit.exceptFrom")} type="date" value={x.from} onChange={(from) => exception(i, { from, to: x.to === "" || x.to < from ? from : x.to })} />
                <Field label={t("zoneEdit.exceptTo")} type="date" value={x.to} onChange={(to) => exception(i, { to })} />
                <Button look="quiet" icon={<Trash2 />} label={t("zoneEdit.removeException")} onPress={() => change({ exceptions: hours.exceptions.filter((_, n) => n !== i) })} />
              </div>
              <Field label={t("zoneEdit.exceptHours")} note={t("zoneEdit.exceptNote")} placeholder="08:00-12:00" value={x.windows.join(", ")} onChange={(text) => exception(i, { windows: text === "" ? [] : text.split(/[,，]\s*/) })} />
            </div>
          ))}
        </>
      )}
    </fieldset>
  );
}
