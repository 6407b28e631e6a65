import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { closures, type Closure } from "../../api/closures";
import { useFormat } from "../../i18n/format";
import { useRight } from "../../session/session";

export const closuresKey = ["closures"];

// streetsChanged asks anew for all that goes along streets.
export function streetsChanged(client: QueryClient): void {
  for (const queryKey of [closuresKey, ["route"], ["reach"], ["runs"]]) void client.invalidateQueries({ queryKey });
}

// useClosures asks again now and then, for those who aren't told live.
export function useClosures(): readonly Closure[] | undefined {
  const may = useRight("closures.read");
  const told = useRight("units.live");
  const { language } = useFormat();
  return useQuery({
    queryKey: [...closuresKey, language],
    enabled: may,
    staleTime: 10_000,
    refetchInterval: told ? 60_000 : 5000,
    queryFn: ({ signal }) => closures.list(language, signal),
  }).data;
}

// useBending has routes asked for anew when the closures that hold are others.
export function useBending(list: readonly Closure[] | undefined): void {
  const client = useQueryClient();
  const hold = list?.map((c) => (c.active ? `${c.id}.${c.version}` : "")).join(" ");
  useEffect(() => {
    if (hold === undefined) return;
    for (const queryKey of [["route"], ["reach"], ["runs"]]) void client.invalidateQueries({ queryKey });
  }, [client, hold]);
}
