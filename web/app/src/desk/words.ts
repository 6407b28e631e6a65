// How the desk words what comes over the socket.
import type { TFunction } from "i18next";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, type Format } from "../i18n/format";
import type { Clock } from "../live/clock";
import type { Moving, Units } from "../live/units";
import type { Alert, Subject } from "../live/wire";
import type { Told } from "../map/units/labels";
import { ageParts, subjectUnit } from "./queue";

export function ageText(t: TFunction, ms: number): string {
  const parts = ageParts(ms);
  if ("s" in parts) return t("age.s", parts);
  return "h" in parts ? t("age.hmin", parts) : t("age.min", parts);
}

export function subjectName(t: TFunction, s: Subject): string {
  if (s.id === 0) return t("alert.crowd"); // of a head count: nobody in particular
  if (s.class !== "dog") return s.name;
  return s.name === "" ? t("alert.dogId", { id: s.licence ?? s.id }) : t("alert.dog", { name: s.name });
}

export function useAge(): (ms: number) => string {
  const { t } = useTranslation();
  return useCallback((ms: number) => ageText(t, ms), [t]);
}

export function zoneName(format: Format, t: TFunction, a: Pick<Alert, "zone">): string {
  return format.name(a.zone.name) || t("alert.zoneGone");
}

// placeName is the zone, and what was done in it where that isn't being there alone.
export function placeName(format: Format, t: TFunction, a: Pick<Alert, "zone" | "rule">): string {
  const rule = t(`alert.rule.${a.rule}` as "alert.rule.dwell", { defaultValue: "" });
  return rule === "" ? zoneName(format, t, a) : `${zoneName(format, t, a)} · ${rule}`;
}

// whereNow is where to look for an alert: its subject, if the map shows it, has
// gone on since the breach.
export function whereNow(units: Units, a: Alert): Pick<Alert, "id" | "at"> {
  return { id: a.id, at: units.get(subjectUnit(a))?.to ?? a.at };
}

export function kindName(t: TFunction, kind: string): string {
  return t(`unitKind.${kind}` as "unitKind.officer", { defaultValue: kind });
}

// useTell words what the pointer finds on the map.
export function useTell(clock: Clock): (m: Moving) => Told {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    () =>
      ({ unit, ms }: Moving): Told => {
        const facts = [
          kindName(t, unit.kind),
          unit.team === undefined ? "" : t("unit.teamN", { team: unit.team }),
          unit.kind === "dog" || unit.duty === undefined ? "" : t(`duty.${unit.duty}`),
        ].filter((x) => x !== "");
        const measures = [
          t("unit.ago", { age: ageText(t, clock.now() - ms) }),
          unit.speed_kmh === undefined ? "" : t("spot.kmh", { speed: format.number(Math.round(unit.speed_kmh)) }),
          unit.accuracy_m === undefined ? "" : `±${format.distance(unit.accuracy_m)}`,
        ].filter((x) => x !== "");
        return { title: unit.name, lines: [facts.join(" · "), measures.join(" · ")] };
      },
    [t, format, clock],
  );
}
