import type { ExpressionSpecification } from "maplibre-gl";

// POIs come with OpenStreetMap's key and value; we draw eight kinds of them.
export const poiKinds = ["food", "shop", "care", "learn", "civic", "move", "green", "stay"] as const;
export type PoiKind = (typeof poiKinds)[number];

export const poiValues: Record<Exclude<PoiKind, "shop">, string[]> = {
  food: ["restaurant", "fast_food", "cafe", "bar", "pub", "biergarten", "food_court", "ice_cream", "nightclub"],
  care: ["hospital", "clinic", "doctors", "dentist", "pharmacy", "veterinary", "nursing_home", "social_facility", "toilets"],
  learn: ["school", "university", "college", "kindergarten", "library", "museum", "gallery", "theatre", "cinema", "arts_centre", "community_centre", "place_of_worship"],
  civic: ["townhall", "police", "fire_station", "courthouse", "post_office", "bank", "atm", "embassy", "prison", "public_building", "government"],
  move: ["bus_station", "bus_stop", "station", "halt", "tram_stop", "subway_entrance", "parking", "bicycle_parking", "bicycle_rental", "fuel", "charging_station", "taxi", "ferry_terminal", "platform", "stop_position", "car_rental"],
  green: ["park", "garden", "playground", "pitch", "sports_centre", "stadium", "swimming_pool", "golf_course", "viewpoint", "zoo", "marina", "dog_park", "track"],
  stay: ["hotel", "hostel", "guest_house", "motel", "attraction", "monument", "memorial", "artwork", "information", "castle", "ruins", "camp_site", "grave_yard"],
};

// poiOf is an expression for the kind of a POI, joined behind a prefix if given.
export function poiOf(prefix?: ["concat", string]): ExpressionSpecification {
  const cases = Object.entries(poiValues).flatMap(([k, values]) => [values, k]);
  const what = ["match", ["get", "kind"], ...cases, ["match", ["get", "group"], "shop", "shop", ["tourism", "historic"], "stay", "leisure", "green", ["public_transport", "railway", "highway"], "move", ["office", "craft"], "shop", "civic"]];
  return (prefix === undefined ? what : [...prefix, what]) as unknown as ExpressionSpecification;
}
