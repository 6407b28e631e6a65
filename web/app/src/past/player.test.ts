import { describe, expect, it } from "vitest";
import type { Alert } from "../live/wire";
import { indexAt, lasts, placeAt, Player } from "./player";
import { CutOff, Reader } from "./read";

const from = Date.parse("2026-11-23T08:00:00Z");
const lines = [
  { type: "past", from: "2026-11-23T08:00:00Z", to: "2026-11-23T09:00:00Z", step_ms: 100, step_deg: 0.000001 },
  { type: "news-of-tomorrow" },
  { type: "alert", alert: { id: 1, seq: 1, subject: { class: "dog", id: 7, name: "Rex" }, zone: { id: 1, name: {}, kind: "no-dog" }, rule: "inside-while-active", grade: "likely", state: "closed", began: "2026-11-23T08:10:00Z", ended: "2026-11-23T08:12:00Z", withdrawn: false, at: [0, 0], seen: "2026-11-23T08:12:00Z", grid: null, team: null, sent: null, arrived: null, outcome: "handled", history: [] } },
  { type: "unit", id: "p20", kind: "officer", name: "Li Wei", team: 7, t: [12, 100, 100, 20_000], lon: [-75_546_612, 31, -4, 0], lat: [39_745_900, -12, 8, 0], speed_kmh: [4, 5, -1, 3], heading: [270, 265, -1, 0] },
  { type: "unit", id: "d7", kind: "dog", name: "Rex", t: [5900], lon: [-75_000_000], lat: [39_000_000] },
  { type: "end", units: 2, positions: 5, alerts: 1 },
];
const read = (n = lines.length) => {
  const r = new Reader();
  lines.slice(0, n).forEach((l) => r.line(JSON.stringify(l)));
  return r.end();
};

describe("an hour gone by", () => {
  it("is read from steps", () => {
    const past = read();
    expect([past.from, past.to, past.alerts.length]).toEqual([from, from + 3_600_000, 1]);
    const [officer, dog] = past.tracks;
    expect([...(officer?.ms ?? [])].map((ms) => ms - from)).toEqual([1200, 11_200, 21_200, 2_021_200]);
    expect(officer?.lon[1]).toBeCloseTo(-75.546581, 9);
    expect(dog?.speed).toBeNull();
  });
  it("is refused when its end is missing", () => {
    expect(() => read(lines.length - 1)).toThrow(CutOff);
    expect(() => read(0)).toThrow(CutOff);
  });
});

describe("where a unit was", () => {
  const [track] = read().tracks;
  if (track === undefined) throw new Error("no track");
  it("is between its positions, but not across a gap", () => {
    expect(indexAt(track.ms, from)).toBe(-1);
    expect(placeAt(track, from)).toBeNull();
    expect(placeAt(track, from + 6200)?.at[0]).toBeCloseTo(-75.5465965, 8);
    expect(placeAt(track, from + 300_000)?.at).toEqual([track.lon[2], track.lat[2]]);
    expect(placeAt(track, from + 300_000)?.ms).toBe(from + 21_200);
    expect(placeAt(track, from + 700_000)).toBeNull();
  });
});

describe("the player", () => {
  const playing = () => {
    let now = 0;
    const player = new Player(read(), from + 5000, () => now);
    return { player, pass: (ms: number) => { now += ms; player.beat(); } };
  };
  it("goes on at its speed and stops at the end", () => {
    const { player, pass } = playing();
    expect(player.units.get("p20")?.unit).toMatchObject({ name: "Li Wei", team: 7, speed_kmh: 4, alert: null });
    player.faster(60);
    pass(10_000);
    expect(player.at).toBe(from + 605_000);
    expect(player.units.get("d7")?.unit.alert).toBe("likely");
    pass(60_000);
    expect([player.at, player.playing]).toEqual([from + 3_600_000, false]);
    expect(player.units.size).toBe(0);
  });
  it("goes back without a trail from the future, and from alert to alert", () => {
    const { player, pass } = playing();
    pass(1000);
    expect(player.near(1)?.id).toBe(1);
    expect(player.near(-1)).toBeUndefined();
    player.seek(Date.parse(player.near(1)?.began ?? ""));
    expect(player.alerts().map((a) => a.id)).toEqual([1]);
    player.seek(from + 2000);
    expect(player.trails.of("p20").length).toBe(1);
    player.seek(from - 5);
    expect(player.at).toBe(from);
  });
  it("knows when an alert was on", () => {
    const a: Partial<Alert> = { began: "2026-11-23T08:10:00Z", ended: null, withdrawn: false };
    const at = (t: string) => lasts(a as Alert, Date.parse(`2026-11-23T${t}Z`));
    expect([at("08:09:59"), at("08:10:00"), at("08:50:00")]).toEqual([false, true, true]);
  });
});
