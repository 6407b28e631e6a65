import { Ban, Copy, Flag, MapPin, MapPinPlus, Play, Timer, Truck } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Menu, MenuItem } from "react-aria-components";
import { useTow } from "../desk/useTow";
import parts from "../parts/Menu.module.css";
import { useSay } from "../parts/toast";
import { useRight } from "../session/session";
import type { MenuAt } from "./CityView";
import css from "./CityView.module.css";
import { moves, useDesk, useDeskStore } from "./desk";

// ContextMenu opens where the map was right-clicked or long pressed.
export function ContextMenu({ menu, onClose }: { menu: MenuAt; onClose: () => void }) {
  const { t } = useTranslation();
  const store = useDeskStore();
  const say = useSay();
  const mayRoute = useRight("route");
  const complete = useDesk((d) => d.from !== null && d.to !== null);
  const mayTow = useRight("tows.add");
  const mayDraw = useRight("closures.draw");
  const tow = useTow();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const outside = (e: Event) => {
      if (e.target instanceof Node && box.current?.contains(e.target) !== true) onClose();
    };
    const key = (e: KeyboardEvent) => {
      if (e.key === "Escape") onClose();
    };
    window.addEventListener("pointerdown", outside);
    window.addEventListener("keydown", key);
    window.addEventListener("wheel", outside);
    return () => {
      window.removeEventListener("pointerdown", outside);
      window.removeEventListener("keydown", key);
      window.removeEventListener("wheel", outside);
    };
  }, [onClose]);
  const { at } = menu;
  const coords = `${at[1].toFixed(6)}, ${at[0].toFixed(6)}`;
  const act = (what: () => void) => () => {
    what();
    onClose();
  };
  const flip = menu.x > window.innerWidth - 240;
  return (
    <div ref={box} className={css.menu} style={{ left: flip ? undefined : menu.x, right: flip ? window.innerWidth - menu.x : undefined, top: Math.min(menu.y, window.innerHeight - 340) }}>
      <div className={css.menuBox}>
        <Menu aria-label={t("map.menu")} autoFocus="first" className={parts.list ?? ""} disabledKeys={mayRoute ? [] : ["from", "to", "reach"]}>
          <MenuItem id="from" className={parts.item ?? ""} onAction={act(() => store.set((d) => moves.setEnd(d, "from", at)))}>
            <Play aria-hidden /> {t("route.fromHere")}
          </MenuItem>
          <MenuItem id="to" className={parts.item ?? ""} onAction={act(() => store.set((d) => moves.setEnd(d, "to", at)))}>
            <Flag aria-hidden /> {t("route.toHere")}
          </MenuItem>
          {complete && (
            <MenuItem id="via" className={parts.item ?? ""} onAction={act(() => store.set((d) => moves.addVia(d, at)))}>
              <MapPinPlus aria-hidden /> {t("route.viaHere")}
            </MenuItem>
          )}
          <MenuItem id="what" className={parts.item ?? ""} onAction={act(() => store.set((d) => moves.point(d, { at })))}>
            <MapPin aria-hidden /> {t("spot.whatIsHere")}
          </MenuItem>
          <MenuItem id="reach" className={parts.item ?? ""} onAction={act(() => store.set((d) => moves.reachFrom(d, at)))}>
            <Timer aria-hidden /> {t("reach.fromHere")}
          </MenuItem>
          {mayDraw && (
            <MenuItem id="close" className={parts.item ?? ""} onAction={act(() => store.set((d) => moves.drawClosure(d, at)))}>
              <Ban aria-hidden /> {t("closure.here")}
            </MenuItem>
          )}
          {mayTow && (
            <MenuItem id="tow" className={parts.item ?? ""} onAction={act(() => void tow(at))}>
              <Truck aria-hidden /> {t("tow.fromHere")}
            </MenuItem>
          )}
          <MenuItem id="copy" className={parts.item ?? ""} onAction={act(() => void navigator.clipboard.writeText(coords).then(() => say(t("spot.copied"))))}>
            <Copy aria-hidden /> {coords}
          </MenuItem>
        </Menu>
      </div>
    </div>
  );
}
