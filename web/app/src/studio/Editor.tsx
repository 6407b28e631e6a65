import type { Map as MapLibre } from "maplibre-gl";
import { Minus, Plus } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LngLat, MapInfo } from "../api/types";
import { isLanguage } from "../i18n/i18n";
import { allShown } from "../map/layers";
import { createMap, loadFonts, type CityMap } from "../map/create";
import { ReadOut } from "../map/ReadOut";
import view from "../map/CityView.module.css";
import { useMapWords } from "../map/words";
import { Button } from "../parts/Button";
import { currentTheme, useTheme } from "../shell/theme";
import { ComparePanel } from "./ComparePanel";
import { ConflictPanel } from "./ConflictPanel";
import { useDraft, useStudio, useWords } from "./context";
import { FaultsPanel } from "./FaultsPanel";
import { useEditorKeys, type Hand } from "./keys";
import { addDraft, type DraftLayer } from "./layer";
import { PartPanel } from "./PartPanel";
import { PartsPanel } from "./PartsPanel";
import { listen, type Held } from "./pointer";
import { ProposePanel } from "./ProposePanel";
import { ReviewPanel } from "./ReviewPanel";
import css from "./Studio.module.css";
import { Toolbar } from "./Toolbar";
import { borderVertices } from "./vertices";

// On the editor's map the city is quiet: what is drawn on it is the subject.
const shown = { ...allShown, pois: false, numbers: false, arrows: false, service: false, paths: false, grids: false, zones: false, stations: false };

export function Editor({ info }: { info: MapInfo }) {
  const { t } = useTranslation();
  const studio = useStudio();
  const box = useRef<HTMLDivElement>(null);
  const ring = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState("");
  const [cross, setCross] = useState(false);
  const [held, setHeld] = useState<Held | null>(null);
  const map = useStudioMap(box, info);
  const layer = useDraftLayer(map, held);
  const hand = useHand(map, setCross, setHeld, setSaid);
  const tool = useDraft((s) => s.tool);
  useEditorKeys(studio, hand);

  useEffect(() => {
    if (map === null || layer === null || studio.readOnly) return;
    return listen(map, studio, {
      ring(x, y, radius, on) {
        if (ring.current === null) return;
        ring.current.style.display = on ? "block" : "none";
        ring.current.style.transform = `translate(${x - radius}px, ${y - radius}px)`;
        ring.current.style.width = ring.current.style.height = `${2 * radius}px`;
      },
      held: setHeld,
      hover: () => setCross(false),
      finishLine: hand.finish,
      stroked: (n) => setSaid(n === 0 ? "" : t("studio.said.painted", { count: n })),
    });
  }, [map, layer, studio, hand, t]);

  useEffect(() => {
    if (map === null) return;
    map.getCanvas().style.cursor = { select: "", paint: "crosshair", split: "crosshair", border: "" }[tool];
    if (tool === "paint" && !studio.readOnly) map.dragPan.disable();
    else map.dragPan.enable();
    if (tool !== "paint" && ring.current !== null) ring.current.style.display = "none";
  }, [map, tool, studio]);

  // What isn't sent yet would be lost with the page.
  const waiting = useDraft((s) => s.waiting > 0);
  useEffect(() => {
    if (!waiting) return;
    const stay = (e: BeforeUnloadEvent) => e.preventDefault();
    window.addEventListener("beforeunload", stay);
    return () => window.removeEventListener("beforeunload", stay);
  }, [waiting]);

  return (
    <div className={css.editor} data-read-only={studio.readOnly}>
      <div ref={box} className={css.map} role="region" aria-label={t("studio.region", { name: info.name })} data-testid="studio-map" />
      <div ref={ring} className={css.ring} aria-hidden />
      {cross && <div className={css.cross} aria-hidden />}
      <PartsPanel />
      {!studio.readOnly && <Toolbar onFinish={hand.finish} />}
      <RightSide />
      <ConflictPanel />
      <div className={`${view.controls} ${css.zoom}`}>
        <div className={view.bar}>
          <Button look="quiet" icon={<Plus />} label={t("map.zoomIn")} keys="+" onPress={() => map?.zoomIn()} />
          <Button look="quiet" icon={<Minus />} label={t("map.zoomOut")} keys="-" onPress={() => map?.zoomOut()} />
        </div>
      </div>
      <ReadOut map={map} attribution={info.attribution} />
      <p className="hidden-text" role="status" aria-live="polite">
        {said}
      </p>
    </div>
  );
}

function RightSide() {
  const studio = useStudio();
  const side = useDraft((s) => s.side);
  const part = useDraft((s) => s.part);
  const waits = useDraft((s) => s.proposals.length);
  const close = () => studio.set({ side: "none", preview: null, move: null, fault: null });
  return (
    <div className={css.right} data-wide={side === "propose" && waits > 0}>
      {side === "part" && part !== null && <PartPanel key={part} id={part} onClose={close} />}
      {side === "propose" && <ProposePanel onClose={close} />}
      {side === "compare" && <ComparePanel onClose={close} />}
      {side === "faults" && <FaultsPanel onClose={close} />}
      {side === "review" && <ReviewPanel onClose={close} />}
    </div>
  );
}

function useStudioMap(box: React.RefObject<HTMLDivElement | null>, info: MapInfo): MapLibre | null {
  const { i18n } = useTranslation();
  const studio = useStudio();
  const theme = useTheme();
  const language = isLanguage(i18n.language) ? i18n.language : "en";
  const words = useMapWords();
  const [city, setCity] = useState<CityMap | null>(null);
  const first = useRef({ look: { theme, language, shown }, locale: words.locale });
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let gone = false;
    let made: CityMap | null = null;
    void loadFonts().then(() => {
      if (gone) return;
      made = createMap(element, info, null, first.current.look, first.current.locale);
      made.map.keyboard.disable(); // ours moves from unit grid to unit grid
      made.map.dragRotate.disable();
      made.map.touchZoomRotate.disableRotation();
      made.map.doubleClickZoom.disable();
      const bounds = studio.board.bounds(studio.board.units.keys());
      if (bounds !== null) made.map.fitBounds(bounds, { padding: around(made.map), animate: false });
      setCity(made);
    });
    return () => {
      gone = true;
      setCity(null);
      made?.remove();
    };
  }, [box, info, studio]);
  useEffect(() => city?.look({ theme, language, shown }), [city, theme, language]);
  return city?.map ?? null;
}

// around is the room that the panels take.
function around(map: MapLibre): { top: number; bottom: number; left: number; right: number } {
  const { clientWidth: width, clientHeight: height } = map.getContainer();
  if (width < 720) return { top: 20, left: 20, right: 20, bottom: Math.round(height * 0.5) };
  return { top: 30, bottom: 90, left: 390, right: 60 };
}

function useDraftLayer(map: MapLibre | null, held: Held | null): DraftLayer | null {
  const studio = useStudio();
  const theme = useTheme();
  const [layer, setLayer] = useState<DraftLayer | null>(null);
  useEffect(() => {
    if (map === null) return;
    const add = () => {
      const made = addDraft(map, currentTheme(), studio);
      made.shape();
      setLayer(made);
      map.getContainer().dataset.ready = "true"; // for those who wait for the map, such as tests
    };
    if (map.isStyleLoaded() === true) add();
    else map.once("load", add);
    return () => {
      map.off("load", add);
      setLayer(null);
    };
  }, [map, studio]);

  const shapes = useDraft((s) => s.shapes);
  const colors = useDraft((s) => s.colors);
  const part = useDraft((s) => s.part);
  const preview = useDraft((s) => s.preview);
  const drawn = useRef(shapes);
  useEffect(() => layer?.paint(theme), [layer, theme]);
  useEffect(() => {
    if (layer === null || drawn.current === shapes) return;
    drawn.current = shapes;
    layer.shape();
  }, [layer, shapes]);
  useEffect(() => layer?.all(), [layer, colors, part, preview, shapes]);
  useEffect(() => (layer === null ? undefined : studio.onPaint((changed) => layer.units(changed.map((c) => c.unit)))), [layer, studio]);
  useNames(layer);
  useMarks(map, layer, held);

  const comparison = useDraft((s) => (s.side === "compare" ? s.comparison : null));
  const move = useDraft((s) => s.move);
  useEffect(() => layer?.moves(comparison, move), [layer, comparison, move]);
  const flight = useDraft((s) => s.flight);
  useEffect(() => {
    if (map === null || flight === null) return;
    const animate = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const padding = map.getContainer().clientWidth < 720 ? around(map) : { top: 60, bottom: 110, left: 400, right: 400 };
    map.fitBounds(flight.to, { padding, maxZoom: 16.5, animate, speed: 2.4 });
  }, [map, flight]);
  return layer;
}

const namesMs = 220; // names follow the brush with that delay

function useNames(layer: DraftLayer | null): void {
  const studio = useStudio();
  const words = useWords();
  const paints = useDraft((s) => s.paints);
  const parts = useDraft((s) => s.parts);
  const part = useDraft((s) => s.part);
  const preview = useDraft((s) => s.preview);
  const shapes = useDraft((s) => s.shapes);
  const soon = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => {
    if (layer === null) return;
    soon.current ??= setTimeout(() => {
      soon.current = null;
      const own = studio.get().preview?.part;
      const minutes = new Map<number, number>();
      own?.forEach((p, i) => minutes.set(p, (minutes.get(p) ?? 0) + (studio.board.minutes[i] ?? 0)));
      layer.names({
        title: (id) => (studio.get().parts.get(id)?.locked === true ? `${words.part(id)} ⊠` : words.part(id)),
        note: (id) => words.minutes(own === undefined ? studio.minutes(id) : (minutes.get(id) ?? 0)),
      });
    }, namesMs);
  }, [layer, studio, words, paints, parts, part, preview, shapes]);
  useEffect(
    () => () => {
      if (soon.current !== null) clearTimeout(soon.current);
      soon.current = null;
    },
    [layer],
  );
}

const most = 1500; // corners shown at a time

function useMarks(map: MapLibre | null, layer: DraftLayer | null, held: Held | null): void {
  const studio = useStudio();
  const cursor = useDraft((s) => s.cursor);
  const units = useDraft((s) => s.units);
  const line = useDraft((s) => s.line);
  const tool = useDraft((s) => s.tool);
  const shapes = useDraft((s) => s.shapes);
  const paints = useDraft((s) => s.paints);
  const fault = useDraft((s) => (s.side === "faults" && s.fault !== null ? (s.faults[s.fault]?.at ?? null) : null));
  const [seen, setSeen] = useState(0);
  useEffect(() => {
    if (map === null) return;
    const look = () => setSeen((n) => n + 1);
    map.on("moveend", look);
    return () => void map.off("moveend", look);
  }, [map]);
  const vertices = useMemo<LngLat[]>(() => {
    if (map === null || tool !== "border" || map.getZoom() < 12.5) return [];
    // Looked for anew whenever one of these counts on.
    if (seen + shapes + paints < 0) return [];
    const b = map.getBounds();
    return borderVertices(studio.board, [[b.getWest(), b.getSouth()], [b.getEast(), b.getNorth()]], most);
  }, [map, studio, tool, seen, shapes, paints]);
  useEffect(() => layer?.marks({ cursor, units, line, vertices, held, fault }), [layer, cursor, units, line, vertices, held, fault, shapes]);
}

// useHand is what the keyboard does at the cross in the middle of the map.
function useHand(map: MapLibre | null, setCross: (on: boolean) => void, setHeld: (held: Held | null) => void, say: (text: string) => void): Hand {
  const { t } = useTranslation();
  const studio = useStudio();
  const words = useWords();
  const holding = useRef<Held | null>(null);
  return useMemo<Hand>(
    () => ({
      map: () => map,
      cross: setCross,
      say,
      words: {
        unit: (unit) => {
          const part = studio.board.part[unit] ?? 0;
          const beside = [...new Set(studio.board.neighbours(unit).map((n) => studio.board.part[n] ?? 0))].filter((p) => p !== part);
          return `${t("studio.said.unit", { id: studio.board.idAt(unit), minutes: words.minutes(studio.board.minutes[unit] ?? 0), part: words.part(part) })}${beside.length === 0 ? "" : ` ${t("studio.said.beside", { parts: beside.map(words.part).join(", ") })}`}`;
        },
        part: (part) => t("studio.said.part", { part: words.part(part), minutes: words.minutes(studio.minutes(part)) }),
        painted: (n) => t("studio.said.painted", { count: n }),
        brush: (n) => t("studio.said.brush", { n: n + 1 }),
        tool: (tool) => t(`studio.tool.${tool}`),
        point: (n) => t("studio.said.point", { count: n }),
        held: t("studio.said.held"),
        noCorner: t("studio.said.noCorner"),
      },
      held: () => holding.current,
      hold: (h) => {
        holding.current = h;
        setHeld(h);
      },
      finish: () => {
        const { line, part, along, units, tool } = studio.get();
        if (tool !== "split" || line.length < 2) return;
        const [unit] = units;
        studio.set({ line: [] });
        if (units.length === 1 && unit !== undefined) studio.edit({ op: "split_unit", unit, line: [...line] });
        else if (part !== null) studio.edit({ op: "split_part", part, line: [...line], along });
      },
    }),
    [map, studio, words, t, setCross, setHeld, say],
  );
}
