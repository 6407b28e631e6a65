import { Clock, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { instant, localTime } from "../../fleet/time";
import { useLive } from "../../live/LiveProvider";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { Switch } from "../../parts/parts";
import { useSession } from "../../session/session";
import { useDesk, useDeskStore } from "../desk";
import { writeInstant } from "../url";
import css from "./Travel.module.css";
import { useTravellers } from "./Travel";

// Leaving says when one leaves, by the clocks of the bureau, and whether ferries are
// taken. What holds at that hour counts: closures, rules of the map, speeds.
export function Leaving() {
  const { t } = useTranslation();
  const store = useDeskStore();
  const { clock } = useLive();
  const { time_zone: zone } = useSession();
  const leave = useDesk((d) => d.leave);
  const ferries = useDesk((d) => d.ferries);
  const profile = useDesk((d) => d.profile);
  const travel = useTravellers();
  // What is being typed is no time yet: it stays here.
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? (leave === null ? "" : localTime(Date.parse(leave), zone).slice(0, 16));
  const change = (local: string) => {
    const at = instant(local, zone);
    setTyped(Number.isNaN(at) ? local : null);
    if (!Number.isNaN(at)) store.set((d) => ({ ...d, leave: writeInstant(at), step: null, pick: 0 }));
  };
  const clear = () => {
    setTyped(null);
    store.set((d) => ({ ...d, leave: null, pick: 0 }));
  };
  const takes = travel.list.find((p) => p.name === profile)?.ferries === true;
  return (
    <>
      <div className={css.leave}>
        {shown === "" ? (
          <Button look="quiet" icon={<Clock />} onPress={() => change(localTime(clock.now(), zone).slice(0, 16))}>
            {t("route.leaveNow")}
          </Button>
        ) : (
          <>
            <Field label={t("route.leave")} type="datetime-local" value={shown} onChange={change} />
            <Button look="quiet" icon={<X />} label={t("route.leaveReset")} onPress={clear} />
          </>
        )}
      </div>
      {travel.ferries && !takes && (
        <Switch on={ferries} onChange={(on) => store.set((d) => ({ ...d, ferries: on, pick: 0 }))}>
          {t("route.ferries")}
        </Switch>
      )}
    </>
  );
}
