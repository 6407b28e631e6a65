// What is known of the ground: asked of the server, found by place.
import { useQuery, type QueryClient } from "@tanstack/react-query";
import { ground, type GridProperties, type Plan, type Station, type Team, type ZoneProperties, type Zones } from "../api/ground";
import { listObjects, type ObjectList } from "../api/objects";
import type { LngLat } from "../api/types";
import { useRight } from "../session/session";
import { contains } from "./anchor";

export const planKey = ["plan"];
export const zonesKey = ["zones"];
export const stationsKey = ["stations"];
export const teamsKey = ["teams"];
export const objectsKey = ["objects"];

// planChanged asks anew for what tells whose ground something is on.
export function planChanged(client: QueryClient): void {
  for (const queryKey of [planKey, objectsKey]) void client.invalidateQueries({ queryKey });
}

// usePlan is the plan that holds now; null when there is none yet. Who isn't told live
// that another one holds asks again now and then.
export function usePlan(): Plan | null | undefined {
  const may = useRight("plan.read");
  const told = useRight("units.live");
  const plan = useQuery({
    queryKey: planKey,
    enabled: may,
    staleTime: 60_000,
    refetchInterval: told ? false : 60_000,
    queryFn: async ({ signal }) => {
      const plan = await ground.plan(signal);
      return plan.plan === undefined ? null : plan;
    },
  });
  return plan.data;
}

// useZones asks again when a zone's rule begins or ends: the server's clock may
// run faster than ours, so now() and real() tell and turn its time.
export function useZones(clock: { now: () => number; real: (ms: number) => number }): Zones | undefined {
  const may = useRight("zones.read");
  return useQuery({
    queryKey: zonesKey,
    enabled: may,
    staleTime: 10_000,
    queryFn: ({ signal }) => ground.zones(signal),
    refetchInterval: (q) => Math.max(2000, Math.min(60_000, clock.real(untilChange(q.state.data, clock.now())) + 500)),
  }).data;
}

// untilChange is how long, in ms of the server's time, all zones stay as they are.
export function untilChange(zones: Zones | undefined, now: number): number {
  const next = (zones?.features ?? []).flatMap(({ properties: { next_change } }) => (next_change === null ? [] : [Date.parse(next_change) - now]));
  return Math.max(0, Math.min(...next, 86_400_000));
}

export function useStations(): Station[] | undefined {
  const may = useRight("stations.read");
  return useQuery({ queryKey: stationsKey, enabled: may, staleTime: 60_000, queryFn: ({ signal }) => ground.stations(signal) }).data;
}

// useObjects are the objects of the register, if somebody wants to see them.
export function useObjects(wanted: boolean): ObjectList | undefined {
  const may = useRight("objects.read");
  return useQuery({ queryKey: objectsKey, enabled: may && wanted, staleTime: 60_000, queryFn: ({ signal }) => listObjects(signal) }).data;
}

export function useTeams(): Team[] | undefined {
  const may = useRight("teams.read");
  return useQuery({ queryKey: teamsKey, enabled: may, staleTime: 60_000, queryFn: ({ signal }) => ground.teams(signal) }).data;
}

export function gridAt(plan: Plan | null | undefined, at: LngLat): GridProperties | null {
  return plan?.features.find((f) => contains(f.geometry, at))?.properties ?? null;
}

// zonesAt are the zones of a place, those that hold now first.
export function zonesAt(zones: Zones | undefined, at: LngLat): ZoneProperties[] {
  const here = (zones?.features ?? []).filter((f) => contains(f.geometry, at)).map((f) => f.properties);
  return here.sort((a, b) => Number(b.active) - Number(a.active) || a.id - b.id);
}
