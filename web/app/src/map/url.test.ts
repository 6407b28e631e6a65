import { describe, expect, it } from "vitest";
import { readAsked, readPoint, readView, writeAsked, writePoint, writeView } from "./url";

describe("view in the hash", () => {
  it("reads the documented link", () => {
    expect(readView("#14/39.7459/-75.5466")).toEqual({ zoom: 14, center: [-75.5466, 39.7459] });
  });
  it.each(["", "#", "#14", "#14/x/y", "#99/1/1", "#14/91/0", "#14/0/181", "#14/1/2/3", "#-1/0/0"])("refuses %s", (hash) => {
    expect(readView(hash)).toBeNull();
  });
  it("comes back within half a pixel at any zoom", () => {
    for (let zoom = 0; zoom <= 20; zoom += 0.7) {
      const center: [number, number] = [-75.546_612_345, 39.745_987_654];
      const back = readView(writeView({ zoom, center }));
      const pixel = 360 / (512 * 2 ** zoom);
      expect(Math.abs((back?.center[0] ?? 999) - center[0])).toBeLessThan(pixel);
      expect(Math.abs((back?.center[1] ?? 999) - center[1])).toBeLessThan(pixel);
    }
  });
});

const nothing = readAsked("");

describe("what is asked in the query", () => {
  it("comes back whole", () => {
    const asked = { ...nothing, from: [-75.5, 39.7] as [number, number], to: [-75.6, 39.8] as [number, number], profile: "tow-truck", q: "王府井" };
    expect(readAsked(writeAsked("", asked))).toEqual(asked);
    const more = { ...asked, via: [[-75.55, 39.75], [-75.57, 39.76]] as [number, number][], ferries: true, leave: "2026-11-23T08:30:00Z", pick: 2 };
    expect(readAsked(writeAsked("", more))).toEqual(more);
    expect(writeAsked("", more)).toContain("via=-75.550000,39.750000;-75.570000,39.760000&ferries=1&at=2026-11-23T08:30:00Z");
  });
  it("takes any zone for a time, and drops what makes no sense", () => {
    expect(readAsked("?at=2026-11-23T16:30:00%2B08:00").leave).toBe("2026-11-23T08:30:00Z");
    expect(readAsked("?at=2026-99-23T16:30Z&via=1,2;x;400,1;3,4&profile=A B&way=9&ferries=yes")).toEqual({ ...nothing, via: [[1, 2], [3, 4]] });
  });
  it("leaves other parameters alone", () => {
    expect(writeAsked("?theme=dark&q=old", nothing)).toBe("?theme=dark");
  });
  it.each(["", "1", "1,2,3", "a,b", "200,10", "10,95", "1, 2"])("refuses the point %j", (text) => {
    expect(readPoint(text)).toBeNull();
  });
  it("keeps a point to a decimetre", () => {
    expect(readPoint(writePoint([-75.1234567, 39.7654321]))).toEqual([-75.123457, 39.765432]);
  });
});
