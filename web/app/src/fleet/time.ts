// Times of the bureau's zone, whatever the browser's. A day is written
// 2026-03-01, a time of a day 2026-03-01T08:30.

export function localTime(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone === "" ? undefined : zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(at);
  const of = (type: string) => parts.find((p) => p.type === type)?.value ?? "00";
  return `${of("year").padStart(4, "0")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}:${of("second")}`;
}

export function localDay(at: number, zone: string): string {
  return localTime(at, zone).slice(0, 10);
}

// instant is when clocks in the zone show a time; NaN for what is no time. When
// clocks go back it is the first of the two, when they go forward over it, as if
// they had not yet.
export function instant(local: string, zone: string): number {
  const wanted = Date.parse(`${local.length === 10 ? `${local}T00:00` : local}Z`);
  if (Number.isNaN(wanted)) return NaN;
  const shift = (at: number) => Date.parse(`${localTime(at, zone)}Z`) - at;
  // The zone's offset some hours before is the one that a change has not touched.
  const before = wanted - shift(wanted - 14 * 3_600_000);
  if (before + shift(before) === wanted) return before;
  const after = wanted - shift(before);
  return after + shift(after) === wanted ? after : before;
}

export function addDays(day: string, n: number): string {
  const at = new Date(`${day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + n);
  return at.toISOString().slice(0, 10);
}
