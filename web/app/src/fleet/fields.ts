// The fields of each register's form: how each is asked for, and how what was
// filled in becomes what is sent.
import { datums, deviceClasses, duties, protocols, vehicleKinds, type RegisterName } from "../api/registers";
import { instant, localTime } from "./time";

export type Ask =
  | { as: "text"; needed?: boolean; code?: boolean }
  | { as: "names" }
  | { as: "number" }
  | { as: "yes" }
  | { as: "place"; needed?: boolean }
  | { as: "time" }
  | { as: "choice"; of: readonly string[]; words: "vehicle" | "device" | "datum" | "protocol" | "station" | "duty" }
  | { as: "pick"; from: "areas" | "teams" | "people" | "vehicles" | "dogs"; needed?: boolean }
  | { as: "subject" }
  | { as: "tags" };

export interface FieldOf {
  name: string;
  ask: Ask;
  onlyNew?: boolean;
}

export const fieldsOf: Record<Exclude<RegisterName, "people">, readonly FieldOf[]> = {
  teams: [
    { name: "code", ask: { as: "text", needed: true, code: true } },
    { name: "name", ask: { as: "names" } },
    { name: "area", ask: { as: "pick", from: "areas", needed: true } },
  ],
  stations: [
    { name: "code", ask: { as: "text", code: true } },
    { name: "name", ask: { as: "names" } },
    { name: "kind", ask: { as: "choice", of: ["station", "pound"], words: "station" } },
    { name: "at", ask: { as: "place", needed: true } },
    { name: "team", ask: { as: "pick", from: "teams" } },
  ],
  vehicles: [
    { name: "plate", ask: { as: "text", needed: true } },
    { name: "kind", ask: { as: "choice", of: vehicleKinds, words: "vehicle" } },
    { name: "team", ask: { as: "pick", from: "teams" } },
    { name: "capacity", ask: { as: "number" } },
    { name: "tags", ask: { as: "tags" } },
    { name: "retired", ask: { as: "yes" } },
  ],
  devices: [
    { name: "id", ask: { as: "text", needed: true }, onlyNew: true },
    { name: "class", ask: { as: "choice", of: deviceClasses, words: "device" } },
    { name: "protocol", ask: { as: "choice", of: protocols, words: "protocol" } },
    { name: "datum", ask: { as: "choice", of: datums, words: "datum" } },
    { name: "subject", ask: { as: "subject" } },
    { name: "disabled", ask: { as: "yes" } },
  ],
  dogs: [
    { name: "name", ask: { as: "text", needed: true } },
    { name: "licence", ask: { as: "text", code: true } },
    { name: "breed", ask: { as: "text" } },
    { name: "owner", ask: { as: "text" } },
    { name: "owner_phone", ask: { as: "text" } },
    { name: "home", ask: { as: "place" } },
    { name: "area", ask: { as: "pick", from: "areas", needed: true } },
    { name: "tags", ask: { as: "tags" } },
    { name: "retired", ask: { as: "yes" } },
  ],
  shifts: [
    { name: "person", ask: { as: "pick", from: "people", needed: true } },
    { name: "team", ask: { as: "pick", from: "teams", needed: true } },
    { name: "vehicle", ask: { as: "pick", from: "vehicles" } },
    { name: "duty", ask: { as: "choice", of: duties, words: "duty" } },
    { name: "from", ask: { as: "time" } },
    { name: "to", ask: { as: "time" } },
  ],
};

// Filled is a form's content, as texts that a person can edit.
export type Filled = Record<string, string>;

type Entry = Record<string, unknown>;

export function fill(fields: readonly FieldOf[], entry: Entry, zone: string): Filled {
  const out: Filled = {};
  for (const { name, ask } of fields) {
    const v = entry[name];
    if (ask.as === "names") {
      const names = (v ?? {}) as Record<string, string>;
      out[`${name}.zh-CN`] = names["zh-CN"] ?? "";
      out[`${name}.en`] = names.en ?? "";
    } else if (ask.as === "place") {
      const at = v as [number, number] | null | undefined;
      out[name] = at === null || at === undefined ? "" : `${at[1]}, ${at[0]}`;
    } else if (ask.as === "subject") {
      const s = v as { class: string; id: number } | null | undefined;
      out[name] = s === null || s === undefined ? "" : `${s.class}:${s.id}`;
    } else if (ask.as === "time") out[name] = typeof v === "string" ? localTime(Date.parse(v), zone).slice(0, 16) : "";
    else if (ask.as === "tags") out[name] = Array.isArray(v) ? v.join("; ") : "";
    else if (ask.as === "yes") out[name] = v === true ? "yes" : "";
    else if (ask.as === "choice") out[name] = typeof v === "string" && v !== "" ? v : (ask.of[0] ?? "");
    else out[name] = typeof v === "string" || typeof v === "number" ? String(v) : "";
  }
  return out;
}

// tagsOf takes tags apart that people wrote, in order, each once.
export const tagsOf = (text: string): string[] => [...new Set(text.split(/[;,；，、]+/).map((x) => x.trim()).filter((x) => x !== ""))].sort();

// A position is written latitude first, as people read it out and maps show it.
export function readPlace(text: string): [number, number] | null {
  const m = /^\s*(-?\d+(?:\.\d+)?)\s*[,，;\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text);
  const [lat, lon] = [Number(m?.[1]), Number(m?.[2])];
  return m !== null && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [lon, lat] : null;
}

// wrong names the fields that can not be sent as they are, and why.
export function wrong(fields: readonly FieldOf[], filled: Filled): Record<string, "needed" | "place" | "number" | "time"> {
  const out: Record<string, "needed" | "place" | "number" | "time"> = {};
  for (const { name, ask } of fields) {
    const v = (filled[name] ?? "").trim();
    if ("needed" in ask && ask.needed === true && v === "") out[name] = "needed";
    else if (ask.as === "names" && (filled[`${name}.zh-CN`] ?? "").trim() === "" && (filled[`${name}.en`] ?? "").trim() === "") out[name] = "needed";
    else if (ask.as === "place" && v !== "" && readPlace(v) === null) out[name] = "place";
    else if (ask.as === "number" && v !== "" && !/^\d{1,6}$/.test(v)) out[name] = "number";
    else if (ask.as === "time" && Number.isNaN(instant(v, "UTC"))) out[name] = "time";
  }
  return out;
}

// body is what is sent: everything of a new entry, of an old one what changed.
export function body(fields: readonly FieldOf[], filled: Filled, before: Filled | null, zone: string): Entry {
  const out: Entry = {};
  for (const { name, ask } of fields) {
    const keys = ask.as === "names" ? [`${name}.zh-CN`, `${name}.en`] : [name];
    if (before !== null && keys.every((k) => filled[k] === before[k])) continue;
    const v = (filled[name] ?? "").trim();
    switch (ask.as) {
      case "names":
        out[name] = Object.fromEntries(["zh-CN", "en"].map((l) => [l, (filled[`${name}.${l}`] ?? "").trim()]).filter(([, n]) => n !== ""));
        break;
      case "place":
        out[name] = readPlace(v);
        break;
      case "number":
        out[name] = v === "" ? 0 : Number(v);
        break;
      case "yes":
        out[name] = v === "yes";
        break;
      case "time":
        out[name] = new Date(instant(v, zone)).toISOString();
        break;
      case "tags":
        out[name] = tagsOf(v);
        break;
      case "pick":
        out[name] = v === "" ? null : Number(v);
        break;
      case "subject": {
        const [kind, id] = v.split(":");
        out[name] = id === undefined ? null : { class: kind, id: Number(id) };
        break;
      }
      default:
        out[name] = v;
    }
  }
  return out;
}
