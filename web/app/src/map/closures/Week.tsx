import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { useFormat } from "../../i18n/format";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import css from "./Closures.module.css";
import { weekdays, workdays, wrong, type Hours, type Weekday } from "./weekly";

const mostHours = 10;

// Week says when in a week something holds: days and hours, as often as needed.
export function Week({ value, onChange }: { value: readonly Hours[]; onChange: (next: Hours[]) => void }) {
  const { t } = useTranslation();
  const name = useDayName();
  const set = (i: number, more: Partial<Hours>) => onChange(value.map((h, k) => (k === i ? { ...h, ...more } : h)));
  return (
    <div className={css.week}>
      {value.map((h, i) => (
        <fieldset key={i} className={css.hours}>
          <legend className="hidden-text">{t("closure.hoursN", { n: i + 1 })}</legend>
          <ToggleButtonGroup
            aria-label={t("closure.days")}
            selectionMode="multiple"
            selectedKeys={h.days.length === 0 ? weekdays : h.days}
            onSelectionChange={(keys) => set(i, { days: weekdays.filter((d) => keys.has(d)) })}
            className={css.chips ?? ""}
          >
            {weekdays.map((d) => (
              <ToggleButton key={d} id={d} aria-label={name(d, "long")} className={css.chip ?? ""}>
                {name(d, "narrow")}
              </ToggleButton>
            ))}
          </ToggleButtonGroup>
          <div className={css.times}>
            <Field label={t("closure.from")} type="time" value={h.from} onChange={(from) => set(i, { from })} error={h.from === "" ? t("closure.needTimes") : undefined} />
            <Field label={t("closure.to")} type="time" value={h.to} onChange={(to) => set(i, { to })} note={wrong(h) === null && h.to <= h.from && h.to !== "00:00" ? t("closure.nextDay") : undefined} error={h.to === "" ? t("closure.needTimes") : undefined} />
            {value.length > 1 && <Button look="quiet" icon={<X />} label={t("closure.dropHours", { n: i + 1 })} onPress={() => onChange(value.filter((_, k) => k !== i))} />}
          </div>
        </fieldset>
      ))}
      {value.length < mostHours && (
        <Button look="quiet" icon={<Plus />} onPress={() => onChange([...value, value.at(-1) ?? workdays])}>
          {t("closure.addHours")}
        </Button>
      )}
    </div>
  );
}

// useDayName says a weekday in the reader's language; 2026-11-23 was a Monday.
function useDayName(): (d: Weekday, width: "long" | "narrow") => string {
  const { language } = useFormat();
  return (d, width) => new Intl.DateTimeFormat(language, { weekday: width, timeZone: "UTC" }).format(Date.UTC(2026, 10, 23 + weekdays.indexOf(d)));
}
