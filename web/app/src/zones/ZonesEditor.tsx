import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Map as MapLibre } from "maplibre-gl";
import { Minus, Plus } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { Problem } from "../api/problem";
import { zones as api, type ZoneAnswer, type ZoneFault, type ZoneFeature } from "../api/zones";
import type { LngLat, MapInfo } from "../api/types";
import { useFormat } from "../i18n/format";
import { useLive } from "../live/LiveProvider";
import { contains } from "../map/anchor";
import view from "../map/CityView.module.css";
import { objectsKey, useZones, zonesKey } from "../map/ground";
import { ReadOut } from "../map/ReadOut";
import { Button } from "../parts/Button";
import { Dialog, DialogFoot } from "../parts/Dialog";
import { useSay } from "../parts/toast";
import { useRight, useSession } from "../session/session";
import { useKeys } from "../shell/keys";
import { bodyOf, calendarOf, formOf, lackOf, newForm, type Form } from "./form";
import { listenHand } from "./hand";
import { ImportPanel } from "./ImportPanel";
import { add, boundsOf, drawnOf, geometryOf, isEmpty, moved, without, type Corner, type Sketch } from "./sketch";
import { useZonesMap } from "./useZonesMap";
import { ZoneList } from "./ZoneList";
import { ZonePanel } from "./ZonePanel";
import css from "./Zones.module.css";

const most = 100; // steps that can be undone

interface Work {
  form: Form;
  past: Form[];
  next: Form[];
  first: Form; // as it was opened
}

export function ZonesEditor({ info, asked }: { info: MapInfo; asked: number | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useSay();
  const client = useQueryClient();
  const [, go] = useLocation();
  const { time_zone } = useSession();
  const { clock } = useLive();
  const mayEdit = useRight("zones.edit");
  const all = useZones(clock) as { features: ZoneFeature[] } | undefined;
  const list = useMemo(() => all?.features ?? [], [all]);
  const kinds = useQuery({ queryKey: ["zone-kinds"], queryFn: ({ signal }) => api.kinds(signal), staleTime: Infinity }).data ?? [];
  const box = useRef<HTMLDivElement>(null);
  const [work, setWork] = useState<Work | null>(null);
  const [drawing, setDrawing] = useState(false);
  const [open, setOpen] = useState<LngLat[]>([]);
  const [at, setAt] = useState("");
  const [leaving, setLeaving] = useState<(() => void) | null>(null);
  const [importing, setImporting] = useState(false);
  const [fault, setFault] = useState<LngLat | null>(null);
  const [cross, setCross] = useState(false);
  const form = work?.form ?? null;
  const changed = work !== null && JSON.stringify(work.form) !== JSON.stringify(work.first);

  const begin = useCallback((f: Form) => {
    setWork({ form: f, past: [], next: [], first: f });
    setOpen([]);
    setAt("");
    setFault(null);
    setImporting(false);
    setDrawing(f.id === null);
  }, []);
  // set is a step that can be undone; a drag is one step, kept when it begins.
  const set = useCallback((f: Form, step = true) => setWork((w) => (w === null ? w : { ...w, form: f, past: step ? [...w.past, w.form].slice(-most) : w.past, next: step ? [] : w.next })), []);
  const undo = () => setWork((w) => (w === null || w.past.length === 0 ? w : { ...w, form: w.past.at(-1) ?? w.form, past: w.past.slice(0, -1), next: [w.form, ...w.next] }));
  const redo = () => setWork((w) => (w === null || w.next.length === 0 ? w : { ...w, form: w.next[0] ?? w.form, past: [...w.past, w.form], next: w.next.slice(1) }));
  const close = useCallback(() => {
    setWork(null);
    setDrawing(false);
    setOpen([]);
    setFault(null);
    if (asked !== null) go("/studio/zones");
  }, [asked, go]);
  const leave = (then: () => void) => (changed ? setLeaving(() => then) : then());
  const finish = useCallback(() => {
    setWork((w) => {
      if (w === null || open.length === 0) return w;
      const sketch = add(w.form.sketch, open);
      return sketch === w.form.sketch ? w : { ...w, form: { ...w.form, sketch }, past: [...w.past, w.form].slice(-most), next: [] };
    });
    setOpen([]);
    setDrawing(false);
  }, [open]);

  const answer = useAnswer(form, at, time_zone);
  const ground = form === null ? null : form.sketch.shape === "area" ? geometryOf(form.sketch) : isEmpty(form.sketch) ? null : (answer?.geometry ?? null);
  const map = useZonesMap(box, info, all as never, form === null ? null : { kind: form.kind, sketch: form.sketch, ground, open, corners: mayEdit && !drawing, fault }, form?.id ?? null, fault);

  // A zone that the address names is opened once it is known.
  const opened = useRef<number | null>(null);
  useEffect(() => {
    if (asked === null || opened.current === asked) return;
    const z = list.find((f) => f.properties.id === asked);
    if (z === undefined) return;
    opened.current = asked;
    begin(formOf(z));
  }, [asked, list, begin]);
  const focus = useCallback(
    (sketch: Sketch) => {
      const b = boundsOf(sketch);
      if (map === null || b === null) return;
      const wide = map.getContainer().clientWidth > 900;
      map.fitBounds(b, { padding: wide ? { top: 80, bottom: 80, left: 380, right: 460 } : { top: 20, left: 20, right: 20, bottom: map.getContainer().clientHeight * 0.55 }, maxZoom: 17.5, duration: 400 });
    },
    [map],
  );
  const focused = useRef<number | null>(null);
  useEffect(() => {
    if (map === null || form === null || form.id === null || focused.current === form.id) return;
    focused.current = form.id;
    focus(form.sketch);
  }, [map, form, focus]);
  const choose = (z: ZoneFeature) => leave(() => {
    focused.current = null;
    begin(formOf(z));
  });

  useHand(map, { form, drawing, open, list, mayEdit, setOpen, finish, set, choose, setCross });

  const body = form === null ? null : form;
  const save = useMutation({
    mutationFn: (f: Form) => (f.id === null ? api.add(bodyOf(f, time_zone)) : api.change(f.id, f.version, bodyOf(f, time_zone))),
    onSuccess: (z) => {
      client.setQueryData<{ type: string; features: ZoneFeature[] }>(zonesKey, (was) => (was === undefined ? was : { ...was, features: [...was.features.filter((x) => x.properties.id !== z.properties.id), z] }));
      void client.invalidateQueries({ queryKey: zonesKey });
      focused.current = z.properties.id;
      begin(formOf(z));
      setDrawing(false);
      say(t("zoneEdit.saved", { name: format.name(z.properties.name, `#${z.properties.id}`) }));
    },
    onError: (e) => setFault(faultAt(e)),
  });
  const remove = useMutation({
    mutationFn: (f: Form) => api.remove(f.id ?? 0, f.version),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: zonesKey });
      close();
      say(t("zoneEdit.removed"));
    },
  });
  const snap = useMutation({
    mutationFn: async (f: Form) => ({ f, sketch: await snapped(f.sketch) }),
    onSuccess: ({ f, sketch }) => {
      set({ ...f, sketch: sketch.sketch });
      say(t(sketch.off ? "zoneEdit.offStreet" : "zoneEdit.snapped"), sketch.off ? "plain" : "good");
    },
  });
  const trySave = () => {
    if (body !== null && mayEdit && changed && lackOf(body) === null && !save.isPending) save.mutate(body);
  };
  const no = mayEdit ? undefined : t("studio.noRight");
  const startNew = () => leave(() => {
    const info = kinds[0];
    if (info === undefined) return;
    save.reset();
    begin(newForm(info));
  });
  useKeys({
    N: () => { if (mayEdit) startNew(); },
    D: () => { if (mayEdit && form !== null) setDrawing(true); },
    Enter: () => { if (drawing) finish(); },
    Escape: () => {
      if (open.length > 0 || drawing) {
        setOpen([]);
        setDrawing(false);
      } else if (form !== null) leave(close);
    },
    Backspace: () => setOpen((o) => o.slice(0, -1)),
    "Ctrl+Z": (e) => (e.shiftKey ? redo() : open.length > 0 ? setOpen((o) => o.slice(0, -1)) : undo()),
    "Ctrl+Y": redo,
    "Ctrl+S": trySave,
  });
  useEffect(() => {
    if (!changed) return;
    const stay = (e: BeforeUnloadEvent) => e.preventDefault();
    window.addEventListener("beforeunload", stay);
    return () => window.removeEventListener("beforeunload", stay);
  }, [changed]);
  const error = save.error ?? remove.error ?? snap.error;
  return (
    <div className={css.editor} data-open={form !== null || importing}>
      <div ref={box} className={css.map} role="region" aria-label={t("zoneEdit.region", { name: info.name })} data-testid="zones-map" />
      {cross && <div className={css.cross} aria-hidden />}
      <ZoneList zones={list} bounds={info.bounds} chosen={form?.id ?? null} onChoose={choose} onNew={startNew} onImport={() => leave(() => { close(); setImporting(true); })} no={no} />
      {importing && (
        <ImportPanel
          kinds={kinds}
          onFault={(f: ZoneFault) => {
            setFault(f.at ?? null);
            if (f.at !== undefined) map?.flyTo({ center: f.at, zoom: Math.max(16, map.getZoom()), duration: 500 });
          }}
          onDone={() => {
            void client.invalidateQueries({ queryKey: zonesKey });
            void client.invalidateQueries({ queryKey: objectsKey });
          }}
          onClose={() => {
            setImporting(false);
            setFault(null);
          }}
        />
      )}
      {form !== null && work !== null && (
        <ZonePanel
          form={form}
          set={set}
          kinds={kinds}
          answer={answer}
          at={at}
          setAt={setAt}
          drawing={drawing}
          setDrawing={setDrawing}
          finish={finish}
          snap={() => snap.mutate(form)}
          snapping={snap.isPending}
          undo={undo}
          redo={redo}
          canUndo={work.past.length > 0}
          canRedo={work.next.length > 0}
          changed={changed}
          save={trySave}
          saving={save.isPending}
          remove={() => remove.mutate(form)}
          error={error}
          detail={error instanceof Problem && error.status === 422 ? error.message : ""}
          readOnly={!mayEdit}
          onClose={() => leave(close)}
        />
      )}
      <Dialog title={t("zoneEdit.leave")} open={leaving !== null} onClose={() => setLeaving(null)} alert>
        <p>{t("zoneEdit.leaveNote")}</p>
        <DialogFoot>
          <Button onPress={() => setLeaving(null)}>{t("parts.cancel")}</Button>
          <Button
            look="danger"
            onPress={() => {
              const then = leaving;
              setLeaving(null);
              then?.();
            }}
          >
            {t("zoneEdit.discard")}
          </Button>
        </DialogFoot>
      </Dialog>
      <div className={`${view.controls} ${css.zoom}`}>
        <div className={view.bar}>
          <Button look="quiet" icon={<Plus />} label={t("map.zoomIn")} keys="+" onPress={() => map?.zoomIn()} />
          <Button look="quiet" icon={<Minus />} label={t("map.zoomOut")} keys="-" onPress={() => map?.zoomOut()} />
        </div>
      </div>
      <ReadOut map={map} attribution={info.attribution} />
      <p className="hidden-text" role="status" aria-live="polite">
        {open.length > 0 ? t("studio.said.point", { count: open.length }) : ""}
      </p>
    </div>
  );
}

// faultAt is where on the map a refusal points to.
function faultAt(e: unknown): LngLat | null {
  if (!(e instanceof Problem) || !Array.isArray(e.extra.faults)) return null;
  const [first] = e.extra.faults as ZoneFault[];
  return first?.at ?? null;
}

// snapped leads what is drawn along the streets. Of an area it is the border.
async function snapped(s: Sketch): Promise<{ sketch: Sketch; off: boolean }> {
  if (s.shape !== "area") {
    const a = await api.preview({ drawn: drawnOf(s), snap: true });
    if (a.drawn?.point !== undefined && s.shape === "point") return { sketch: { ...s, point: a.drawn.point }, off: a.off_street };
    return { sketch: s.shape === "street" ? { ...s, lines: a.drawn?.lines ?? s.lines } : s, off: a.off_street };
  }
  const rings = s.areas.flat().map((r) => [...r, r[0] as LngLat]);
  const a = await api.preview({ drawn: { lines: rings, side: "both", width_m: 1 }, snap: true });
  const led = a.drawn?.lines ?? rings;
  let at = 0;
  const areas = s.areas.map((p) => p.map(() => ring(led[at++] ?? [])));
  return { sketch: { ...s, areas }, off: a.off_street };
}

// ring is a line that came back to where it began, without its end, and without
// the spurs that a way to a corner and back left.
function ring(line: readonly LngLat[]): LngLat[] {
  const same = (a: LngLat | undefined, b: LngLat | undefined) => a !== undefined && b !== undefined && Math.abs(a[0] - b[0]) < 1e-7 && Math.abs(a[1] - b[1]) < 1e-7;
  const out: LngLat[] = [];
  for (const p of line) {
    if (same(p, out.at(-1))) continue;
    if (same(p, out.at(-2))) out.pop();
    else out.push(p);
  }
  while (out.length > 3 && (same(out[0], out.at(-1)) || same(out[1], out.at(-1)))) {
    if (same(out[0], out.at(-1))) out.pop();
    else out.shift();
  }
  return out;
}

// useAnswer asks the server when a form would hold, and on which ground.
function useAnswer(form: Form | null, at: string, zone: string): ZoneAnswer | undefined {
  const lack = form === null ? null : lackOf(form);
  const calendar = form === null || lack === "hours" || lack === "season" || lack === "exception" ? null : calendarOf(form, zone);
  const drawn = form === null || isEmpty(form.sketch) ? null : drawnOf(form.sketch);
  const asked = useLater(JSON.stringify({ calendar, drawn, ...(at === "" || Number.isNaN(Date.parse(at)) ? {} : { at: new Date(at).toISOString() }) }), 200);
  const whose = form?.id ?? 0;
  return useQuery<ZoneAnswer>({
    queryKey: ["zone-preview", whose, asked],
    enabled: form !== null,
    staleTime: 20_000,
    gcTime: 60_000,
    refetchInterval: 60_000,
    // What is pulled keeps its ground until the next is there; another zone has its own.
    placeholderData: (was, query) => (query?.queryKey[1] === whose ? was : undefined),
    queryFn: ({ signal }) => api.preview(JSON.parse(asked) as Parameters<typeof api.preview>[0], signal),
  }).data;
}

function useLater<T>(value: T, ms: number): T {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return late;
}

interface HandProps {
  form: Form | null;
  drawing: boolean;
  open: LngLat[];
  list: ZoneFeature[];
  mayEdit: boolean;
  setOpen: (f: (o: LngLat[]) => LngLat[]) => void;
  finish: () => void;
  set: (f: Form, step?: boolean) => void;
  choose: (z: ZoneFeature) => void;
  setCross: (on: boolean) => void;
}

// useHand gives the pointer and the keyboard their hold of what is drawn.
function useHand(map: MapLibre | null, props: HandProps): void {
  const latest = useRef(props);
  const held = useRef<Corner | null>(null);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    if (map === null) return;
    const put = (at: LngLat) => {
      const { form, setOpen, set } = latest.current;
      if (form?.sketch.shape === "point") {
        set({ ...form, sketch: add(form.sketch, [at]) });
        latest.current.finish();
      } else setOpen((o) => [...o, at]);
    };
    const off = listenHand(map, {
      sketch: () => (latest.current.mayEdit ? (latest.current.form?.sketch ?? null) : null),
      drawing: () => latest.current.drawing,
      put,
      finish: () => latest.current.finish(),
      hold(corner) {
        const { form, set } = latest.current;
        if (form === null) return;
        held.current = corner;
        set(form); // the step that undo takes back
      },
      move(to) {
        const { form, set } = latest.current;
        const corner = held.current;
        if (form === null || corner === null) return;
        set({ ...form, sketch: moved(form.sketch, corner, to) }, false);
        held.current = { ...corner, middle: false };
      },
      drop: () => (held.current = null),
      remove(corner) {
        const { form, set } = latest.current;
        if (form !== null) set({ ...form, sketch: without(form.sketch, corner) });
      },
      choose(at) {
        const hits = latest.current.list.filter((z) => z.properties.id !== latest.current.form?.id && contains(z.geometry, at));
        // Of several, the smallest: it is the one that is hard to reach.
        const size = (z: ZoneFeature) => JSON.stringify(z.geometry).length;
        const z = hits.sort((a, b) => size(a) - size(b))[0];
        if (z !== undefined && latest.current.form === null) latest.current.choose(z);
      },
    });
    // On the map's canvas, Space sets a point under the cross in its middle.
    const canvas = map.getCanvas();
    const press = (e: KeyboardEvent) => {
      if (e.key !== " " || !latest.current.drawing) return;
      e.preventDefault();
      const { lng, lat } = map.getCenter();
      put([lng, lat]);
    };
    const focus = () => latest.current.setCross(canvas.matches(":focus-visible"));
    const blur = () => latest.current.setCross(false);
    canvas.addEventListener("keydown", press);
    canvas.addEventListener("focus", focus);
    canvas.addEventListener("blur", blur);
    return () => {
      off();
      canvas.removeEventListener("keydown", press);
      canvas.removeEventListener("focus", focus);
      canvas.removeEventListener("blur", blur);
    };
  }, [map]);
}
