import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { LngLat } from "../api/types";
import { useFormat } from "../i18n/format";
import { useLive } from "../live/LiveProvider";
import { moves, useDeskStore } from "../map/desk";
import { useTrouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import { desk } from "./requests";

// useTow has a vehicle fetched: the server picks the truck whose run it fits
// best, and that truck's run is shown.
export function useTow(): (at: LngLat) => Promise<void> {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDeskStore();
  const say = useSay();
  const trouble = useTrouble();
  const { tasks } = useLive();
  const client = useQueryClient();
  return async (at) => {
    try {
      const { task, vehicle, arrive } = await desk.tow(at, "");
      tasks.put(task);
      say(t("tow.sent", { plate: vehicle.plate, time: format.clock(arrive) }));
      void client.invalidateQueries({ queryKey: ["runs"] });
      store.set((d) => moves.chooseUnit(d, `v${vehicle.id}`));
    } catch (e) {
      say(trouble(e), "plain");
    }
  };
}
