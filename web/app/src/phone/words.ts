// Short words for times, ways and directions, in the reader's language and the
// bureau's zone.
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, type Format } from "../i18n/format";
import { useSession } from "../session/session";

const points = ["n", "ne", "e", "se", "s", "sw", "w", "nw"] as const;
export type Compass = (typeof points)[number];

export function compass(degrees: number): Compass {
  return points[Math.round((((degrees % 360) + 360) % 360) / 45) % 8] ?? "n";
}

const hour = 3_600_000;

export interface Words extends Format {
  clock(ms: number): string; // "07:00"
  left(ms: number): string; // "11 h", "2 h 12 min", at least a minute
  direction(degrees: number): string;
}

export function useWords(): Words {
  const { t } = useTranslation();
  const format = useFormat();
  const { time_zone } = useSession();
  return useMemo(() => {
    const clock = new Intl.DateTimeFormat(format.language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: time_zone === "" ? undefined : time_zone });
    return {
      ...format,
      clock: (ms) => clock.format(ms),
      left: (ms) => format.duration((ms > 3 * hour ? Math.round(ms / hour) * hour : Math.max(0, ms)) / 1000),
      direction: (degrees) => t(`phone.compass.${compass(degrees)}`),
    };
  }, [format, t, time_zone]);
}

// walkingMinutes is how long so many metres take on foot, by the crow: streets
// are a third longer, and 4.5 km/h is a patrol's pace.
export const walkingSeconds = (metres: number): number => (metres * 1.3) / 1.25;
export const drivingSeconds = (metres: number): number => (metres * 1.4) / 7;
