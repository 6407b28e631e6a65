// A route's line can be pulled at: where it is let go of, the way leads through. The
// other ways are clicked to be taken.
import * as maplibre from "maplibre-gl";
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import type { LngLat } from "../../api/types";
import { moves, type DeskStore } from "../desk";
import { ring } from "../pins";
import { otherWays, routeLine } from "./layer";
import { placeOf, wayOf } from "./ways";

const reachPx = 6; // how far from a line a click may be

function under(map: MapLibre, layer: string, e: MapMouseEvent) {
  if (map.getLayer(layer) === undefined) return undefined;
  const { x, y } = e.point;
  return map.queryRenderedFeatures([[x - reachPx, y - reachPx], [x + reachPx, y + reachPx]], { layers: [layer] })[0];
}

// clickWay takes another way that is clicked on, and says whether one was.
export function clickWay(map: MapLibre, store: DeskStore, e: MapMouseEvent): boolean {
  if (under(map, routeLine, e) !== undefined) return false;
  const way: unknown = under(map, otherWays, e)?.properties.way;
  if (typeof way !== "number") return false;
  store.set((d) => ({ ...d, pick: way, step: null }));
  return true;
}

// pullRoute listens for a press on the line that goes on as a drag.
export function pullRoute(map: MapLibre, store: DeskStore): () => void {
  const mark = new maplibre.Marker({ element: ring() });
  let place: number | null = null; // where the new point goes; null: nothing is pulled
  let moved = false;
  const over = (e: MapMouseEvent) => {
    if (place !== null) {
      moved = true;
      mark.setLngLat(e.lngLat).addTo(map);
    } else if (store.get().card === "route" && under(map, routeLine, e) !== undefined) map.getCanvas().style.cursor = "grab";
  };
  const press = (e: MapMouseEvent) => {
    const d = store.get();
    const way = wayOf(d.route, d.pick);
    if (d.card !== "route" || d.adding || way === null || e.originalEvent.button !== 0 || under(map, routeLine, e) === undefined) return;
    e.preventDefault(); // the map stays
    const stops = d.route?.stops.map((s): LngLat => s.at) ?? [];
    place = placeOf(way.geometry.coordinates, stops, [e.lngLat.lng, e.lngLat.lat]);
    moved = false;
  };
  const release = (e: MapMouseEvent) => {
    if (place === null) return;
    const at = place;
    place = null;
    mark.remove();
    const { lng, lat } = e.lngLat;
    if (moved) store.set((d) => moves.addVia(d, [lng, lat], at));
  };
  map.on("mousemove", over);
  map.on("mousedown", press);
  map.on("mouseup", release);
  return () => {
    mark.remove();
    map.off("mousemove", over);
    map.off("mousedown", press);
    map.off("mouseup", release);
  };
}
