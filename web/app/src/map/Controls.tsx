import { History, Layers, LocateFixed, Minus, Navigation2, Plus, Route as RouteIcon } from "lucide-react";
import * as maplibre from "maplibre-gl";
import type { Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../parts/Button";
import { useSay } from "../parts/toast";
import { useLive } from "../live/LiveProvider";
import { around } from "../past/moment";
import { useRight } from "../session/session";
import css from "./CityView.module.css";
import { moves, useDesk, useDeskStore } from "./desk";
import { here } from "./pins";

export function Controls({ map }: { map: MapLibre | null }) {
  const { t } = useTranslation();
  const store = useDeskStore();
  const layers = useDesk((d) => d.layersOpen);
  const mayRoute = useRight("route");
  const mayPast = useRight("tracks.read");
  const { clock } = useLive();
  const bearing = useBearing(map);
  const fly = (to: Parameters<typeof moves.fly>[1]) => store.set((d) => moves.fly(d, to));
  return (
    <div className={css.controls}>
      <div className={`${css.bar} ${css.onlyDesk}`}>
        <Button look="quiet" icon={<Layers />} onPress={() => store.set((d) => ({ ...d, layersOpen: !d.layersOpen }))} aria-expanded={layers}>
          {t("layers.short")}
        </Button>
        <Button look="quiet" icon={<RouteIcon />} why={mayRoute ? undefined : t("route.noRight")} onPress={() => store.set((d) => ({ ...d, card: "route" }))}>
          {t("route.short")}
        </Button>
        {mayPast && (
          <Button look="quiet" icon={<History />} label={t("past.open")} keys="P" onPress={() => store.set((d) => moves.askPast(d, around(clock.now(), clock.now())))} />
        )}
      </div>
      <div className={css.bar}>
        <span className={css.onlyDesk}>
          <Button look="quiet" icon={<Plus />} label={t("map.zoomIn")} keys="+" onPress={() => fly({ zoomBy: 1 })} />
          <Button look="quiet" icon={<Minus />} label={t("map.zoomOut")} keys="-" onPress={() => fly({ zoomBy: -1 })} />
        </span>
        <Button
          look="quiet"
          icon={<Navigation2 className={css.needle} style={{ transform: `rotate(${-bearing}deg)` }} />}
          label={t("map.north")}
          keys="N"
          onPress={() => fly({ north: true })}
        />
        <Locate map={map} />
      </div>
    </div>
  );
}

function useBearing(map: MapLibre | null): number {
  const [bearing, setBearing] = useState(0);
  useEffect(() => {
    if (map === null) return;
    const turn = () => setBearing(Math.round(map.getBearing()));
    map.on("rotate", turn);
    return () => void map.off("rotate", turn);
  }, [map]);
  return bearing;
}

function Locate({ map }: { map: MapLibre | null }) {
  const { t } = useTranslation();
  const say = useSay();
  const store = useDeskStore();
  const mark = useRef<maplibre.Marker | null>(null);
  const [asking, setAsking] = useState(false);
  useEffect(() => () => void mark.current?.remove(), []);
  const locate = () => {
    if (map === null) return;
    setAsking(true);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setAsking(false);
        mark.current ??= new maplibre.Marker({ element: here(t("map.here")) });
        mark.current.setLngLat([coords.longitude, coords.latitude]);
        const bounds = map.getMaxBounds();
        if (bounds?.contains([coords.longitude, coords.latitude]) === false) {
          say(t("map.hereOutside"), "plain");
          return;
        }
        mark.current.addTo(map);
        store.set((d) => moves.fly(d, { at: [coords.longitude, coords.latitude], zoom: 16 }));
      },
      (error) => {
        setAsking(false);
        say(t(error.code === error.PERMISSION_DENIED ? "map.hereDenied" : "map.hereUnknown"), "plain");
      },
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 15_000 },
    );
  };
  // Browsers give positions to secure pages only.
  return <Button look="quiet" icon={<LocateFixed />} label={t("map.locate")} why={isSecureContext ? undefined : t("map.insecure")} isPending={asking} onPress={locate} />;
}
