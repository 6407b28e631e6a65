// The book holds what entries name each other by: a shift names a person, a team
// and a vehicle. Registers that the reader may not see stay empty in it.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { areasKey, peopleKey } from "../admin/PeopleSection";
import { areas as areasApi, people as peopleApi } from "../api/queries";
import { registers, type Dog, type RegisterName, type Shift, type Team, type Vehicle } from "../api/registers";
import type { Area, Person } from "../api/types";
import { useFormat } from "../i18n/format";
import { teamsKey, stationsKey } from "../map/ground";
import type { PickItem } from "../parts/Pick";
import { useRight } from "../session/session";

export interface Book {
  areas: Area[];
  teams: Team[];
  people: { id: number; name: string; login: string }[];
  vehicles: Vehicle[];
  dogs: Dog[];
  name: (of: "areas" | "teams" | "people" | "vehicles" | "dogs", id: number | null) => string;
  items: (of: "areas" | "teams" | "people" | "vehicles" | "dogs") => PickItem[];
}

// Keys of a register's lists begin with its name; the map asks for teams and
// stations under the same.
export function keyOf(name: RegisterName): readonly string[] {
  if (name === "people") return peopleKey;
  if (name === "teams") return teamsKey;
  if (name === "stations") return stationsKey;
  return [name];
}

export function useBook(shifts: Shift[] = []): Book {
  const format = useFormat();
  const areas = useQuery({ queryKey: areasKey, queryFn: ({ signal }) => areasApi.list(signal) }).data;
  const teams = useList("teams", "teams.read");
  const vehicles = useList("vehicles", "vehicles.read");
  const dogs = useList("dogs", "dogs.read");
  const mayPeople = useRight("people.read");
  const people = useQuery({ queryKey: peopleKey, queryFn: ({ signal }) => peopleApi.list(signal), enabled: mayPeople }).data;
  return useMemo(() => {
    const book = {
      areas: areas ?? [],
      teams: teams ?? [],
      people: people === undefined ? rostered(shifts) : people.filter((p) => !p.disabled).map((p: Person) => ({ id: p.id, name: p.name || p.login, login: p.login })),
      vehicles: vehicles ?? [],
      dogs: dogs ?? [],
    };
    const items = {
      areas: () => book.areas.map((a) => ({ id: a.id, text: format.name(a.name, a.code || `#${a.id}`), note: a.code })),
      teams: () => book.teams.map((x) => ({ id: x.id, text: format.name(x.name, x.code), note: x.code })),
      people: () => book.people.map((p) => ({ id: p.id, text: p.name, note: p.login })),
      vehicles: () => book.vehicles.map((v) => ({ id: v.id, text: v.plate, note: "" })),
      dogs: () => book.dogs.map((d) => ({ id: d.id, text: d.name, note: d.licence })),
    };
    const names = new Map(Object.entries(items).map(([of, all]) => [of, new Map(all().map((i) => [i.id, i.text]))]));
    return {
      ...book,
      name: (of, id) => (id === null ? "" : (names.get(of)?.get(id) ?? `#${id}`)),
      items: (of) => items[of]().map(({ id, text, note }) => ({ id: String(id), text, ...(note === "" || note === text ? {} : { note }) })),
    };
  }, [areas, teams, vehicles, dogs, people, shifts, format]);
}

function useList<N extends RegisterName>(name: N, right: string) {
  const may = useRight(right);
  return useQuery({ queryKey: keyOf(name), queryFn: ({ signal }) => registers.list(name, {}, signal), enabled: may, staleTime: 60_000 }).data;
}

// rostered are the people that shifts name: all that a team leader knows of.
export function rostered(shifts: Shift[]): Book["people"] {
  const seen = new Map(shifts.map((s) => [s.person, { id: s.person, name: s.name, login: "" }]));
  return [...seen.values()].sort((a, b) => a.name.localeCompare(b.name));
}
