import { ArrowRight, Building2, Footprints, Hash, MapPin, Route, SquareDashed, TrainTrack, TreePine, Type, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Segments, Switch } from "../parts/parts";
import { Panel } from "../parts/Panel";
import { setTheme, useThemeWish } from "../shell/theme";
import css from "./CityView.module.css";
import { moves, useDesk, useDeskStore } from "./desk";
import type { Group } from "./layers";

const parts: { head: "labels" | "streets" | "ground"; groups: [Group, LucideIcon][] }[] = [
  { head: "labels", groups: [["names", Type], ["pois", MapPin], ["numbers", Hash]] },
  { head: "streets", groups: [["service", Route], ["paths", Footprints], ["arrows", ArrowRight], ["rail", TrainTrack]] },
  { head: "ground", groups: [["buildings", Building2], ["green", TreePine], ["borders", SquareDashed]] },
];

export function LayerPanel() {
  const { t } = useTranslation();
  const store = useDeskStore();
  const shown = useDesk((d) => d.shown);
  const wish = useThemeWish();
  return (
    <Panel title={t("layers.title")} onClose={() => store.set((d) => ({ ...d, layersOpen: false }))}>
      <Segments
        label={t("layers.base")}
        value={wish}
        onChange={setTheme}
        choices={[
          { id: "light", text: t("theme.light") },
          { id: "dark", text: t("theme.dark") },
          { id: "system", text: t("theme.system") },
        ]}
      />
      {parts.map(({ head, groups }) => (
        <div key={head} className={css.layerGroup} role="group" aria-label={t(`layers.${head}`)}>
          <h3>{t(`layers.${head}`)}</h3>
          {groups.map(([group, Icon]) => (
            <Switch key={group} on={shown[group]} onChange={(on) => store.set((d) => moves.show(d, group, on))} icon={<Icon aria-hidden />}>
              {t(`layers.${group}`)}
            </Switch>
          ))}
        </div>
      ))}
    </Panel>
  );
}
