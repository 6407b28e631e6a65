import { ArrowRight, Ban, Building2, Footprints, Grid2x2, Hash, House, MapPin, Route, ShieldBan, Spline, SquareDashed, Store, TrainTrack, TreePine, Type, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { zoneKinds } from "../api/ground";
import { objectKinds } from "../api/objects";
import { useFormat } from "../i18n/format";
import { useLive } from "../live/LiveProvider";
import { Segments, Switch } from "../parts/parts";
import { Panel } from "../parts/Panel";
import { useRight } from "../session/session";
import { setTheme, useThemeWish } from "../shell/theme";
import css from "./CityView.module.css";
import { ClosureList } from "./closures/ClosurePanel";
import { moves, useDesk, useDeskStore } from "./desk";
import ground from "./Ground.module.css";
import { useObjects, useZones } from "./ground";
import type { Group, Overlay } from "./layers";
import { ObjectSign } from "./ObjectSign";

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
      <Overlays />
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

// Overlays are the bureau's own layers, each with what its signs mean.
function Overlays() {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDeskStore();
  const shown = useDesk((d) => d.shown);
  const may = { grids: useRight("plan.read"), zones: useRight("zones.read"), stations: useRight("stations.read"), objects: useRight("objects.read"), closures: useRight("closures.read"), trails: useRight("units.live") };
  const zones = useZones(useLive().clock);
  const kinds = zoneKinds.filter((k) => zones?.features.some((f) => f.properties.kind === k));
  const things = useObjects(shown.objects)?.kinds;
  const off = zones?.features.some((f) => !f.properties.active) ?? false;
  const toggle = (overlay: Overlay, Icon: LucideIcon) => (
    <Switch on={shown[overlay]} onChange={(on) => store.set((d) => moves.show(d, overlay, on))} icon={<Icon aria-hidden />}>
      {t(`layers.${overlay}`)}
    </Switch>
  );
  if (!Object.values(may).some((one) => one)) return null;
  return (
    <div className={css.layerGroup} role="group" aria-label={t("layers.bureau")}>
      <h3>{t("layers.bureau")}</h3>
      {may.grids && toggle("grids", Grid2x2)}
      {may.zones && toggle("zones", ShieldBan)}
      {may.zones && shown.zones && kinds.length > 0 && (
        <ul className={ground.legend} aria-label={t("zones.legend")}>
          {kinds.map((k) => (
            <li key={k}>
              <span className={ground.swatch} data-sign={k} aria-hidden />
              {t(`zones.kind.${k}`)}
            </li>
          ))}
          {off && (
            <li>
              <span className={ground.swatch} data-sign="off" aria-hidden />
              {t("zones.off")}
            </li>
          )}
        </ul>
      )}
      {may.closures && toggle("closures", Ban)}
      {may.closures && shown.closures && <ClosureList />}
      {may.trails && toggle("trails", Spline)}
      {may.stations && toggle("stations", House)}
      {may.stations && shown.stations && (
        <ul className={ground.legend} aria-label={t("layers.stations")}>
          {(["station", "pound"] as const).map((kind) => (
            <li key={kind}>
              <span className={ground.mark} data-sign={kind} aria-hidden />
              {t(`station.${kind}`)}
            </li>
          ))}
        </ul>
      )}
      {may.objects && toggle("objects", Store)}
      {may.objects && shown.objects && things !== undefined && (
        <ul className={ground.legend} aria-label={t("layers.objects")}>
          {objectKinds
            .filter((kind) => things[kind] !== undefined)
            .map((kind) => (
              <li key={kind}>
                <ObjectSign kind={kind} />
                {t(`objects.kind.${kind}`)} {format.number(things[kind] ?? 0)}
              </li>
            ))}
          {Object.keys(things).length === 0 && <li>{t("objects.none")}</li>}
        </ul>
      )}
    </div>
  );
}
