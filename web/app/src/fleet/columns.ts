// The columns of each register's table.
import type { TFunction } from "i18next";
import type { Entries, RegisterName } from "../api/registers";
import type { Format } from "../i18n/format";
import type { Book } from "./book";
import type { Column } from "./table";

type Columns = { [N in RegisterName]: Column<Entries[N]>[] };

export function columnsOf(t: TFunction, format: Format, book: Book, now: number): Columns {
  const head = (id: "name" | "code" | "area" | "team" | "kind" | "plate" | "capacity" | "state" | "at" | "id" | "class" | "protocol" | "subject" | "licence" | "breed" | "owner" | "owner_phone" | "person" | "vehicle" | "from" | "to" | "login" | "roles") =>
    t(`fleet.field.${id}`);
  const state = (off: boolean, word: "retired" | "disabled") => (off ? t(`fleet.${word}`) : t("fleet.inUse"));
  return {
    people: [
      { id: "name", head: head("name"), text: (p) => p.name || p.login, width: "1.4fr", look: "strong" },
      { id: "login", head: head("login"), text: (p) => p.login, width: "1fr", look: "code" },
      { id: "roles", head: head("roles"), text: (p) => [...new Set(p.grants.map((g) => `${t(`role.${g.role}`)} (${book.name("areas", g.area)})`))].join(", "), width: "2.4fr" },
      { id: "state", head: head("state"), text: (p) => state(p.disabled, "disabled"), width: "0.8fr", look: "dim" },
    ],
    teams: [
      { id: "name", head: head("name"), text: (x) => format.name(x.name, x.code), width: "2fr", look: "strong" },
      { id: "code", head: head("code"), text: (x) => x.code, width: "1fr", look: "code" },
      { id: "area", head: head("area"), text: (x) => book.name("areas", x.area), width: "2fr" },
    ],
    stations: [
      { id: "name", head: head("name"), text: (s) => format.name(s.name, s.code || `#${s.id}`), width: "2fr", look: "strong" },
      { id: "code", head: head("code"), text: (s) => s.code, width: "1fr", look: "code" },
      { id: "kind", head: head("kind"), text: (s) => t(s.kind === "pound" ? "station.pound" : "station.station"), width: "1fr" },
      { id: "team", head: head("team"), text: (s) => book.name("teams", s.team), width: "1.4fr" },
      { id: "at", head: head("at"), text: (s) => `${s.at[1].toFixed(5)}, ${s.at[0].toFixed(5)}`, width: "1.3fr", look: "dim" },
    ],
    vehicles: [
      { id: "plate", head: head("plate"), text: (v) => v.plate, width: "1.2fr", look: "strong" },
      { id: "kind", head: head("kind"), text: (v) => t(`fleet.vehicle.${v.kind}`), width: "1.4fr" },
      { id: "team", head: head("team"), text: (v) => book.name("teams", v.team), width: "1.6fr" },
      { id: "capacity", head: head("capacity"), text: (v) => (v.capacity === 0 ? "" : format.number(v.capacity)), order: (v) => v.capacity, width: "0.8fr" },
      { id: "state", head: head("state"), text: (v) => state(v.retired, "retired"), width: "1fr", look: "dim" },
    ],
    devices: [
      { id: "id", head: head("id"), text: (d) => d.id, width: "1.6fr", look: "code" },
      { id: "class", head: head("class"), text: (d) => t(`fleet.device.${d.class}`), width: "1.1fr" },
      { id: "protocol", head: head("protocol"), text: (d) => d.protocol, width: "0.9fr" },
      { id: "subject", head: head("subject"), text: (d) => d.subject_name, width: "1.6fr", look: "strong" },
      { id: "state", head: head("state"), text: (d) => (d.disabled ? t("fleet.disabled") : d.has_secret ? t("fleet.inUse") : t("fleet.noSecret")), width: "1.1fr", look: "dim" },
    ],
    dogs: [
      { id: "name", head: head("name"), text: (d) => d.name, width: "1.2fr", look: "strong" },
      { id: "licence", head: head("licence"), text: (d) => d.licence, width: "1fr", look: "code" },
      { id: "breed", head: head("breed"), text: (d) => d.breed, width: "1.2fr" },
      { id: "owner", head: head("owner"), text: (d) => d.owner, width: "0.8fr", look: "dim" },
      { id: "owner_phone", head: head("owner_phone"), text: (d) => d.owner_phone, width: "0.9fr", look: "dim" },
      { id: "area", head: head("area"), text: (d) => book.name("areas", d.area), width: "1.3fr" },
      { id: "state", head: head("state"), text: (d) => state(d.retired, "retired"), width: "0.8fr", look: "dim" },
    ],
    shifts: [
      { id: "person", head: head("person"), text: (s) => s.name, width: "1.5fr", look: "strong" },
      { id: "team", head: head("team"), text: (s) => book.name("teams", s.team), width: "1.3fr" },
      { id: "vehicle", head: head("vehicle"), text: (s) => (s.vehicle === null ? t("fleet.onFoot") : book.name("vehicles", s.vehicle)), width: "1.2fr" },
      { id: "from", head: head("from"), text: (s) => format.soon(s.from, now), order: (s) => Date.parse(s.from), width: "1.3fr" },
      { id: "to", head: head("to"), text: (s) => format.soon(s.to, now), order: (s) => Date.parse(s.to), width: "1.3fr" },
    ],
  };
}
