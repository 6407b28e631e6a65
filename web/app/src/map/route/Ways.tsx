import { useTranslation } from "react-i18next";
import { RadioButton, RadioField, RadioGroup } from "react-aria-components";
import type { Route } from "../../api/types";
import { useFormat } from "../../i18n/format";
import { useDesk, useDeskStore } from "../desk";
import css from "./RoutePanel.module.css";
import { mainStreet, waysOf } from "./ways";

// Ways offers the other ways, if there are good ones: by the street that they have for
// themselves, and how much longer they take.
export function Ways({ route }: { route: Route }) {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDeskStore();
  const pick = useDesk((d) => d.pick);
  const all = waysOf(route);
  if (all.length < 2) return null;
  return (
    <RadioGroup aria-label={t("route.ways")} value={String(all[pick] === undefined ? 0 : pick)} onChange={(v) => store.set((d) => ({ ...d, pick: Number(v), step: null }))} className={css.ways ?? ""}>
      {all.map((way, i) => (
        <RadioField key={i} value={String(i)} className={css.choice ?? ""}>
          <RadioButton className={css.way ?? ""}>
            <i className={css.mark} aria-hidden />
            <span className={css.over}>{t("route.over", { street: mainStreet(way, all) || t("street.unnamed") })}</span>
            <span className={css.than}>{i === 0 ? t("route.quickest") : `+${format.duration(way.duration_s - route.duration_s)}`}</span>
            <span className={css.far}>{format.distance(way.distance_m)}</span>
          </RadioButton>
        </RadioField>
      ))}
    </RadioGroup>
  );
}
