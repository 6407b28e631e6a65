import type { Map as MapLibre } from "maplibre-gl";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Closure } from "../api/closures";
import type { Names } from "../api/types";
import { useFormat } from "../i18n/format";
import { useLive } from "../live/LiveProvider";
import { currentTheme, useTheme } from "../shell/theme";
import { useBending, useClosures } from "./closures/data";
import { addClosures, type Sign } from "./closures/layer";
import { useDesk } from "./desk";
import { gridAt, useObjects, usePlan, useStations, useZones, zonesAt } from "./ground";
import { addGrids } from "./grids";
import { addObjects } from "./objects";
import { drawPatterns } from "./patterns";
import { addReach } from "./reach/layer";
import { addStations } from "./stations";
import { addZones } from "./zones";

interface Layers {
  grids: ReturnType<typeof addGrids>;
  zones: ReturnType<typeof addZones>;
  closures: ReturnType<typeof addClosures>;
  reach: ReturnType<typeof addReach>;
  stations: ReturnType<typeof addStations>;
  objects: ReturnType<typeof addObjects>;
}

// GroundLayers shows grids, zones, stations and objects on the map. It draws nothing of
// its own: what it knows goes into the layers.
export function GroundLayers({ map }: { map: MapLibre | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const theme = useTheme();
  const shown = useDesk((d) => d.shown);
  const spot = useDesk((d) => d.spot?.at ?? null);
  const { clock } = useLive();
  const plan = usePlan();
  const zones = useZones(clock);
  const stations = useStations();
  const objects = useObjects(shown.objects)?.objects;
  const closures = useClosures();
  useBending(closures);
  const draft = useDesk((d) => d.draft);
  const closure = useDesk((d) => (d.card === "closure" ? d.closure : null));
  const reached = useDesk((d) => d.reached);
  const layers = useLayers(map);
  const said = useMemo(
    () => ({
      closure: (c: Closure, sign: Sign) => {
        const when = sign === "proposed" || c.next_change === null ? "" : t(c.active ? "zones.until" : "zones.starts", { when: format.soon(c.next_change, clock.now()) });
        return [c.reason, sign === "proposed" ? t("closure.sign.proposed") : when].filter((x) => x !== "").join("\n");
      },
      minutes: (minutes: number) => t("reach.minutes", { minutes }),
    }),
    [format, t, clock],
  );
  const words = useMemo(() => ({ name: (names: Names, fallback: string) => format.name(names, fallback), starts: (iso: string) => t("zones.starts", { when: format.soon(iso, clock.now()) }) }), [format, t, clock]);

  useEffect(() => {
    if (layers === null || map === null) return;
    drawPatterns(map, theme);
    for (const layer of [layers.grids, layers.zones, layers.closures, layers.reach, layers.objects, layers.stations]) layer.paint(theme);
  }, [map, layers, theme]);
  useEffect(() => layers?.grids.show(plan ?? null, words.name), [layers, plan, words]);
  useEffect(() => layers?.zones.show(zones ?? null, words), [layers, zones, words]);
  useEffect(() => layers?.stations.show(stations ?? [], words.name), [layers, stations, words]);
  useEffect(() => layers?.objects.show(objects ?? [], words.name), [layers, objects, words]);
  useEffect(() => layers?.closures.show(closures ?? [], { label: said.closure }), [layers, closures, said]);
  useEffect(() => layers?.closures.draft(draft), [layers, draft]);
  useEffect(() => layers?.closures.select(closure), [layers, closure]);
  useEffect(() => layers?.reach.show(reached, said.minutes), [layers, reached, said]);
  useEffect(() => layers?.grids.select(spot === null ? null : (gridAt(plan, spot)?.id ?? null)), [layers, plan, spot]);
  useEffect(() => layers?.zones.select(spot === null ? [] : zonesAt(zones, spot).map((z) => z.id)), [layers, zones, spot]);
  useEffect(() => {
    layers?.grids.visible(shown.grids);
    layers?.zones.visible(shown.zones);
    layers?.closures.visible(shown.closures);
    layers?.stations.visible(shown.stations);
    layers?.objects.visible(shown.objects);
  }, [layers, shown.grids, shown.zones, shown.closures, shown.stations, shown.objects]);
  return null;
}

function useLayers(map: MapLibre | null): Layers | null {
  const [layers, setLayers] = useState<Layers | null>(null);
  useEffect(() => {
    if (map === null) return;
    let made: Layers | null = null;
    const add = () => {
      const theme = currentTheme();
      drawPatterns(map, theme);
      // Grids lie under zones; the marks of stations over both.
      made = { grids: addGrids(map, theme), zones: addZones(map, theme), reach: addReach(map, theme), closures: addClosures(map, theme), objects: addObjects(map, theme), stations: addStations(map, theme) };
      setLayers(made);
    };
    if (map.isStyleLoaded() === true) add();
    else map.once("load", add);
    return () => {
      map.off("load", add);
      // The map itself may be gone already, and its layers with it.
      setLayers(null);
    };
  }, [map]);
  return layers;
}
