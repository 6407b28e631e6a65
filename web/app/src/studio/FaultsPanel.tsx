import { ListChecks, MapPin } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { LngLat } from "../api/types";
import { Panel } from "../parts/Panel";
import { Empty } from "../parts/parts";
import { useDraft, useStudio, useWords } from "./context";
import css from "./Studio.module.css";

const around = ([x, y]: LngLat): [LngLat, LngLat] => [[x - 0.002, y - 0.0015], [x + 0.002, y + 0.0015]];

// FaultsPanel is what would keep this draft from being a plan, each with its place.
export function FaultsPanel({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const studio = useStudio();
  const words = useWords();
  const faults = useDraft((s) => s.faults);
  const chosen = useDraft((s) => s.fault);
  const text = (what: string) => (i18n.exists(`studio.fault.${what}`) ? t(`studio.fault.${what}` as "studio.fault.unpainted") : what);
  return (
    <Panel title={t("studio.faultsTitle")} onClose={onClose}>
      {faults.length === 0 && (
        <Empty icon={<ListChecks />} title={t("studio.noFaults")}>
          <p>{t("studio.noFaultsNote")}</p>
        </Empty>
      )}
      <ul className={css.moves}>
        {faults.map((f, i) => (
          <li key={i}>
            <button
              type="button"
              className={css.move}
              aria-pressed={chosen === i}
              onClick={() => {
                studio.set({ fault: i, ...(f.part === undefined ? {} : { part: f.part }) });
                if (f.at !== undefined) studio.fly(around(f.at));
              }}
            >
              <span className={css.with}>
                <MapPin aria-hidden />
                {text(f.what)}
              </span>
              {f.part !== undefined && <span className={css.moveSize}>{words.part(f.part)}</span>}
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
