import { describe, expect, it } from "vitest";
import { body, fieldsOf, fill, readPlace, wrong } from "./fields";

const zone = "America/New_York";
const vehicle = { plate: "DE1000", kind: "tow-truck", team: 3, capacity: 1, retired: false };

describe("a form", () => {
  it("sends of an entry only what changed", () => {
    const before = fill(fieldsOf.vehicles, vehicle, zone);
    expect(body(fieldsOf.vehicles, before, before, zone)).toEqual({});
    expect(body(fieldsOf.vehicles, { ...before, team: "", capacity: "" }, before, zone)).toEqual({ team: null, capacity: 0 });
  });
  it("sends all of a new one", () => {
    const filled = { ...fill(fieldsOf.teams, {}, zone), code: " T1 ", "name.en": "North", area: "2" };
    expect(body(fieldsOf.teams, filled, null, zone)).toEqual({ code: "T1", name: { en: "North" }, area: 2 });
  });
  it("leaves what is masked as it is", () => {
    const dog = fill(fieldsOf.dogs, { name: "Bella", owner: "李*", owner_phone: "*5678", area: 1 }, zone);
    expect(body(fieldsOf.dogs, { ...dog, breed: "Corgi" }, dog, zone)).toEqual({ breed: "Corgi" });
  });
  it("takes times in the bureau's zone", () => {
    const shift = fill(fieldsOf.shifts, { person: 9, team: 1, vehicle: null, from: "2026-06-01T11:00:00Z", to: "2026-06-01T23:00:00Z" }, zone);
    expect(shift.from).toBe("2026-06-01T07:00");
    expect(body(fieldsOf.shifts, { ...shift, from: "2026-06-01T08:00" }, shift, zone)).toEqual({ from: "2026-06-01T12:00:00.000Z" });
  });
  it("keeps a subject together", () => {
    const device = fill(fieldsOf.devices, { id: "tag", class: "dog-tag", protocol: "json", datum: "wgs84", subject: { class: "dog", id: 17 } }, zone);
    expect(device.subject).toBe("dog:17");
    expect(body(fieldsOf.devices, { ...device, subject: "person:4" }, device, zone)).toEqual({ subject: { class: "person", id: 4 } });
    expect(body(fieldsOf.devices, { ...device, subject: "" }, device, zone)).toEqual({ subject: null });
  });
  it("says what is missing or not understood", () => {
    expect(wrong(fieldsOf.stations, fill(fieldsOf.stations, {}, zone))).toEqual({ name: "needed", at: "needed" });
    expect(wrong(fieldsOf.vehicles, { plate: "A", capacity: "many" })).toEqual({ capacity: "number" });
    expect(wrong(fieldsOf.dogs, { name: "A", area: "1", home: "here" })).toEqual({ home: "place" });
    expect(wrong(fieldsOf.shifts, { person: "1", team: "1", from: "2026-06-01T08:00", to: "" })).toEqual({ to: "time" });
  });
});

it.each<[string, [number, number] | null]>([
  ["39.75, -75.55", [-75.55, 39.75]],
  ["39.75 -75.55", [-75.55, 39.75]],
  ["39.75，-75.55", [-75.55, 39.75]],
  ["95, 10", null],
  ["", null],
])("place %j is %j", (text, want) => {
  expect(readPlace(text)).toEqual(want);
});
