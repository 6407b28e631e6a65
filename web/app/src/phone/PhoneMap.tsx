import { LocateFixed } from "lucide-react";
import * as maplibre from "maplibre-gl";
import type { Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LngLat, MapInfo } from "../api/types";
import { isLanguage } from "../i18n/i18n";
import { useLive } from "../live/LiveProvider";
import { createMap, loadFonts, type CityMap } from "../map/create";
import { loadShown } from "../map/layers";
import { useMapWords } from "../map/words";
import { useTheme } from "../shell/theme";
import { fetchAhead } from "./ahead";
import { callsNow, nextCall } from "./calls";
import { addPhoneLayers, callFeatures, markFeatures, runFeatures, selfFeatures, walkFeatures, type Mark } from "./layers";
import css from "./Phone.module.css";
import type { Phone, State } from "./phone";
import { usePhone } from "./usePhone";
import { isOpen, withSteps } from "./tasks";
import { goal } from "./walk";

interface Props {
  info: MapInfo;
  phone: Phone;
  way: LngLat[]; // from here to where one is shown to
}

type Layers = ReturnType<typeof addPhoneLayers>;

// PhoneMap is the upper half: the walk, the tasks and where one is.
export function PhoneMap({ info, phone, way }: Props) {
  const { t, i18n } = useTranslation();
  const theme = useTheme();
  const language = isLanguage(i18n.language) ? i18n.language : "en";
  const live = useLive();
  const words = useMapWords();
  const element = useRef<HTMLDivElement>(null);
  const city = useRef<CityMap | null>(null);
  const layers = useRef<Layers | null>(null);
  const [ready, setReady] = useState(false);
  const [follows, setFollows] = useState(true);
  const { walk, run, done, called, place, tasks, steps } = usePhone(phone);
  const first = useRef({ look: { theme, language, shown: loadShown() }, words });

  useEffect(() => {
    const box = element.current;
    if (box === null) return;
    let gone = false;
    void loadFonts().then(() => {
      if (gone) return;
      const { look, words: said } = first.current;
      const made = createMap(box, info, null, look, said.locale);
      city.current = made;
      const { map } = made;
      whole(map, wholeOf(phone.get()));
      map.on("dragstart", () => setFollows(false));
      // Not "load", which waits for tiles: without a signal there may be none.
      map.once("style.load", () => {
        layers.current = addPhoneLayers(map, first.current.look.theme);
        setReady(true);
      });
      map.once("load", () => {
        box.dataset.ready = "true"; // for those who wait for the map, such as tests
      });
    });
    return () => {
      gone = true;
      city.current?.remove();
      city.current = layers.current = null;
      setReady(false);
    };
  }, [info, phone]);

  useEffect(() => {
    const look = { theme, language, shown: loadShown() };
    first.current = { ...first.current, look, words };
    city.current?.look(look);
    layers.current?.paint(theme);
  }, [theme, language, words, ready]);

  useEffect(() => {
    if (!ready) return;
    const g = walk === null ? null : goal(walk, done, null);
    layers.current?.walk(walk !== null ? walkFeatures(walk, done, g?.index ?? -1) : runFeatures(run));
  }, [ready, walk, run, done]);

  // Hours open and close by the clock alone.
  useEffect(() => {
    if (!ready) return;
    const draw = () => {
      const calls = walk === null ? [] : callsNow(walk, called, place?.at ?? null, phone.now());
      layers.current?.calls(callFeatures(calls, nextCall(calls, done, place?.at ?? null)));
    };
    draw();
    const timer = setInterval(draw, 15_000);
    return () => clearInterval(timer);
  }, [ready, phone, walk, called, done, place]);

  useEffect(() => layers.current?.self(selfFeatures(place)), [ready, place]);
  useEffect(() => layers.current?.way(way), [ready, way]);

  // Until the browser has a worker to keep them, and once for each walk.
  const line = walk?.walk.line ?? run?.line;
  useEffect(() => {
    const gone = new AbortController();
    if (ready && line !== undefined) void fetchAhead(info.id, line, gone.signal);
    return () => gone.abort();
  }, [ready, info, line]);

  // Others move once a second at most: the phone's battery matters more than a glide.
  useEffect(() => {
    if (!ready) return;
    const draw = () => layers.current?.marks(markFeatures(marks(phone, live.units.all())));
    draw();
    const timer = setInterval(draw, 1000);
    return () => clearInterval(timer);
  }, [ready, live, phone, tasks, steps]);

  // The map follows until it is dragged: nothing jumps under a finger.
  useEffect(() => {
    const map = city.current?.map;
    if (map === undefined || !ready || !follows) return;
    if (place !== null) follow(map, place.at, way);
    else whole(map, walk?.walk.line ?? run?.line ?? []);
  }, [ready, follows, place, walk, run, way]);

  return (
    <div className={css.map}>
      <div ref={element} className={css.canvas} role="region" aria-label={t("phone.map")} data-testid="map" />
      {!follows && (
        <button type="button" className={css.locate} onClick={() => setFollows(true)} aria-label={t("phone.follow")}>
          <LocateFixed aria-hidden />
        </button>
      )}
      <span className={css.credit}>{info.attribution}</span>
    </div>
  );
}

const wholeOf = (s: State): LngLat[] => s.walk?.walk.line ?? s.run?.line ?? [];

const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

function follow(map: MapLibre, at: LngLat, way: LngLat[]): void {
  if (way.length > 1) {
    map.fitBounds(boundsOf([at, ...way]), { padding: 48, maxZoom: 17, animate: !calm() });
    return;
  }
  map.easeTo({ center: at, zoom: Math.max(map.getZoom(), 16), animate: !calm(), duration: 600 });
}

function whole(map: MapLibre, line: LngLat[]): void {
  if (line.length > 1) map.fitBounds(boundsOf(line), { padding: 32, maxZoom: 16, animate: false });
}

function boundsOf(points: LngLat[]): maplibre.LngLatBounds {
  const [a] = points;
  return points.reduce((b, p) => b.extend(p), new maplibre.LngLatBounds(a, a));
}

function marks(phone: Phone, units: Iterable<{ unit: { id: string; kind: string; alert: string | null }; to: LngLat }>): Mark[] {
  const { tasks, steps } = phone.get();
  const out: Mark[] = [];
  for (const { unit, to } of units) {
    if (unit.id === `p${phone.person}`) continue; // drawn from the phone's own position
    out.push({ at: to, kind: unit.kind === "dog" ? "dog" : unit.kind.endsWith("truck") ? "truck" : "mate", grade: unit.alert ?? "" });
  }
  for (const task of tasks) if (isOpen(withSteps(task, steps).state)) out.push({ at: task.at, kind: "task", grade: task.about?.grade ?? "" });
  return out;
}
