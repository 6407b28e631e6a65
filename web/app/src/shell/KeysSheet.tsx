import { useTranslation } from "react-i18next";
import { Dialog } from "../parts/Dialog";
import { Kbd } from "../parts/parts";
import css from "./Shell.module.css";

const keys = {
  everywhere: [
    ["Ctrl K", "palette"],
    ["/", "search"],
    ["T", "theme"],
    ["?", "help"],
    ["Esc", "close"],
  ],
  map: [
    ["← ↑ → ↓", "pan"],
    ["+ −", "zoom"],
    ["N", "north"],
    ["L", "layers"],
    ["R", "route"],
    ["X", "swap"],
    ["M", "middle"],
    ["B", "closeStreet"],
    ["I", "reach"],
    ["U", "units"],
    ["F", "follow"],
    ["P", "past"],
    ["Space [ ]", "pastMove"],
  ],
  alerts: [
    ["J K", "next"],
    ["Enter", "open"],
    ["A", "ack"],
    ["D", "send"],
    ["1 2 3", "choose"],
    ["N", "note"],
    ["C", "closeAlert"],
  ],
  studio: [
    ["V B S E", "studioTools"],
    ["[ ]", "studioBrush"],
    ["J K", "studioPart"],
    ["← ↑ → ↓", "studioUnit"],
    ["Space", "studioPress"],
    ["X M", "studioMark"],
    ["P C F G", "studioSides"],
    ["Ctrl Z", "studioUndo"],
  ],
  plans: [
    ["Space", "planPick"],
    ["← ↑ → ↓", "planMove"],
    ["B", "planBest"],
    ["Del", "planRelease"],
  ],
  zones: [
    ["N D", "zonesDraw"],
    ["Space", "studioPress"],
    ["Enter", "zonesFinish"],
    ["Alt", "zonesCorner"],
    ["Ctrl S", "zonesSave"],
    ["Ctrl Z", "studioUndo"],
  ],
  lists: [
    ["F", "find"],
    ["N", "new"],
    ["I", "import"],
  ],
} as const;

export function KeysSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("keys.title")} open={open} onClose={onClose} wide>
      <div className={css.keys}>
        {(["everywhere", "map", "alerts", "studio", "zones", "plans", "lists"] as const).map((where) => [
          <h3 key={where}>{t(`keys.${where}`)}</h3>,
          ...keys[where].map(([press, what]) => (
            <div key={what} className={css.key}>
              <span>{t(`keys.${what}`)}</span>
              <span>
                {press.split(" ").map((k) => (
                  <Kbd key={k}>{k}</Kbd>
                ))}
              </span>
            </div>
          )),
        ])}
      </div>
    </Dialog>
  );
}
