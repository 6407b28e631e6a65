// The units layer: one custom layer of our own. The stream of positions goes
// from the socket into its buffer; the card moves everybody between two fixes.
import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibre } from "maplibre-gl";
import { stale } from "../../live/live";
import type { UnitsChange } from "../../live/units";
import type { Stage } from "../../past/player";
import { colors, mapColors, type Theme } from "../../tokens/tokens";
import { fragment, vertex } from "./shader";
import { cellPx, drawSheet, drawTeam, teamCell } from "./signs";
import { both, floats, glide, near, nextFrame, projector, Slots, translated, type Glide, type Point2, type Projector } from "./slots";

export const unitsLayer = "units";

export interface UnitsLayer {
  paint(theme: Theme): void;
  show(on: boolean): void;
  calm(on: boolean): void; // only those with an alert, for the others are counted
  choose(id: string | null): void;
  hover(id: string | null): void;
  at(point: Point2, px: number): string[]; // units there, the nearest first
  onFrame: (project: Projector, origin: Point2 | null) => void; // after each frame of ours
  remove(): void;
}

const epochMs = 6 * 3_600_000; // by then a ms is 2 ms in 32 bits
const ageBeatMs = 5000;
const calmMs = 1000; // between frames for who wants little motion

// radiusAt is how large a body is at a zoom, in pixels.
export function radiusAt(zoom: number): number {
  const stops: [number, number][] = [[9, 3], [12, 5.5], [14, 8.5], [16, 11.5], [18, 13]];
  const next = stops.findIndex(([z]) => z >= zoom);
  const [zb, rb] = stops[next] ?? [18, 13];
  const [za, ra] = stops[next - 1] ?? [zb - 1, rb];
  return ra + (rb - ra) * Math.min(1, Math.max(0, (zoom - za) / (zb - za)));
}

export function addUnits(map: MapLibre, live: Stage, theme: Theme): UnitsLayer {
  const slots = new Slots(performance.now(), live.clock.now());
  let moving: Glide = { until: 0, speed: 0 };
  let dirty = true;
  let look = theme;
  let shown = true;
  let loudOnly = false;
  let chosen: string | null = null;
  let hovered: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let project: Projector | null = null;
  const teams = new Set<number>();
  let gpu: Gpu | null = null;

  const repack = () => {
    slots.clear();
    slots.epoch = performance.now();
    slots.serverEpoch = live.clock.now();
    for (const m of live.units.all()) slots.put(m);
  };
  const take = (change: UnitsChange) => {
    const now = performance.now();
    if (change.all || now - slots.epoch > epochMs) repack();
    else {
      change.gone.forEach((id) => slots.remove(id));
      change.moved.forEach((m) => slots.put(m));
    }
    for (const { unit } of change.moved) if (unit.team !== undefined && !teams.has(unit.team)) gpu?.team(unit.team, teams);
    // Of thousands only those that moved now are looked at.
    moving = change.all ? glide(live.units.all(), now) : both(moving, glide(change.moved, now), now);
    dirty = true;
    map.triggerRepaint();
  };
  const offUnits = live.units.onChange(take);
  const offPulse = live.onPulse(() => map.triggerRepaint());
  // Ages change while nothing moves, but slowly.
  const ages = setInterval(() => {
    if (slots.size > 0 && !map.isMoving()) map.triggerRepaint();
  }, ageBeatMs);

  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const layer: CustomLayerInterface = {
    id: unitsLayer,
    type: "custom",
    renderingMode: "2d",
    onAdd(_, gl) {
      gpu = makeGpu(gl);
      dirty = true;
      for (const { unit } of live.units.all()) if (unit.team !== undefined && !teams.has(unit.team)) gpu.team(unit.team, teams);
    },
    onRemove() {
      gpu?.remove();
      gpu = null;
    },
    render(_, args: CustomRenderMethodInput) {
      const now = performance.now();
      const { clientWidth: width, clientHeight: height } = map.getContainer();
      if (slots.origin === null || !shown || gpu === null) {
        api.onFrame(() => [0, 0], null);
        return;
      }
      const matrix = translated(args.defaultProjectionData.mainMatrix, slots.origin);
      project = projector(matrix, width, height);
      if (dirty) gpu.upload(slots);
      dirty = false;
      gpu.draw(slots.size, {
        matrix, view: [width, height], now: now - slots.epoch, server: (live.clock.now() - slots.serverEpoch) / 1000,
        radius: radiusAt(map.getZoom()), bearing: map.getBearing(), zoom: map.getZoom(), stale: stale(live.pulse()), theme: look, loudOnly,
        chosen: chosen === null ? -1 : (slots.place(chosen) ?? -1), hovered: hovered === null ? -1 : (slots.place(hovered) ?? -1),
      });
      api.onFrame(project, slots.origin);
      const rest = Math.max(calm.matches ? calmMs : 0, nextFrame(moving, now, 512 * 2 ** map.getZoom()));
      clearTimeout(timer);
      if (rest < 20) map.triggerRepaint();
      else if (rest !== Infinity) timer = setTimeout(() => map.triggerRepaint(), rest);
    },
  };
  map.addLayer(layer);
  repack();

  const api: UnitsLayer = {
    paint(next) {
      look = next;
      map.triggerRepaint();
    },
    show(on) {
      shown = on;
      map.triggerRepaint();
    },
    calm(on) {
      if (on === loudOnly) return;
      loudOnly = on;
      map.triggerRepaint();
    },
    choose(id) {
      chosen = id;
      map.triggerRepaint();
    },
    hover(id) {
      if (id === hovered) return;
      hovered = id;
      map.triggerRepaint();
    },
    at(point, px) {
      if (project === null || slots.origin === null || !shown) return [];
      const found = near(live.units.all(), slots.origin, project, performance.now(), point, px).map((f) => f.id);
      return loudOnly ? found.filter((id) => id === chosen || (live.units.get(id)?.unit.alert ?? null) !== null) : found;
    },
    onFrame: () => undefined,
    remove() {
      offUnits();
      offPulse();
      clearInterval(ages);
      clearTimeout(timer);
      if (map.getLayer(unitsLayer) !== undefined) map.removeLayer(unitsLayer);
    },
  };
  return api;
}

interface Scene {
  matrix: Float64Array;
  view: Point2;
  now: number;
  server: number;
  radius: number;
  bearing: number;
  zoom: number;
  stale: boolean;
  theme: Theme;
  loudOnly: boolean;
  chosen: number;
  hovered: number;
}

interface Gpu {
  team(team: number, known: Set<number>): void;
  upload(slots: Slots): void;
  draw(count: number, scene: Scene): void;
  remove(): void;
}

function rgb(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1), 16);
  return [((n >> 16) & 255) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}

function makeGpu(gl: WebGL2RenderingContext): Gpu {
  const program = link(gl);
  const at = (name: string) => gl.getUniformLocation(program, name);
  const uniforms = {
    matrix: at("u_matrix"), view: at("u_view"), now: at("u_now"), server: at("u_server"), radius: at("u_radius"), loud: at("u_loud"),
    bearing: at("u_bearing"), chosen: at("u_chosen"), hovered: at("u_hovered"), sheet: at("u_sheet"), fill: at("u_fill"), ring: at("u_ring"),
    rim: at("u_rim"), old: at("u_old"), shadow: at("u_shadow"), focus: at("u_focus"), text: at("u_text"), stale: at("u_stale"), density: at("u_density"),
  };
  const vao = gl.createVertexArray();
  const corners = gl.createBuffer();
  const rows = gl.createBuffer();
  gl.bindVertexArray(vao);
  gl.bindBuffer(gl.ARRAY_BUFFER, corners);
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
  const corner = gl.getAttribLocation(program, "a_corner");
  gl.enableVertexAttribArray(corner);
  gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
  gl.bindBuffer(gl.ARRAY_BUFFER, rows);
  ["a_way", "a_time", "a_what"].forEach((name, i) => {
    const place = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, 4, gl.FLOAT, false, floats * 4, i * 16);
    gl.vertexAttribDivisor(place, 1);
  });
  gl.bindVertexArray(null);

  const sheet = drawSheet();
  const texture = gl.createTexture();
  let redraw = true;
  const bindSheet = () => {
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    if (!redraw || sheet === null) return;
    redraw = false;
    // The map leaves its own pixel settings behind.
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, sheet.canvas);
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    // Cells are that large that four halvings don't mix them.
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAX_LOD, Math.log2(cellPx) - 3);
  };

  return {
    team(team, known) {
      known.add(team);
      if (sheet === null || teamCell(team) === 0) return;
      drawTeam(sheet, team);
      redraw = true;
    },
    upload(slots) {
      gl.bindBuffer(gl.ARRAY_BUFFER, rows);
      gl.bufferData(gl.ARRAY_BUFFER, slots.data.subarray(0, slots.size * floats), gl.DYNAMIC_DRAW);
    },
    draw(count, s) {
      if (count === 0) return;
      const row = (names: (keyof typeof colors | keyof typeof mapColors)[]) =>
        names.flatMap((n) => rgb((n in colors ? colors[n as keyof typeof colors] : mapColors[n as keyof typeof mapColors])[s.theme]));
      gl.useProgram(program);
      gl.bindVertexArray(vao);
      bindSheet();
      gl.uniform1i(uniforms.sheet, 0);
      gl.uniformMatrix4fv(uniforms.matrix, false, Float32Array.from(s.matrix));
      gl.uniform2f(uniforms.view, s.view[0], s.view[1]);
      gl.uniform1f(uniforms.now, s.now);
      gl.uniform1f(uniforms.server, s.server);
      gl.uniform1f(uniforms.radius, s.radius);
      gl.uniform1f(uniforms.bearing, s.bearing);
      gl.uniform1i(uniforms.chosen, s.chosen);
      gl.uniform1i(uniforms.hovered, s.hovered);
      gl.uniform3fv(uniforms.fill, row(["unit-on", "unit-busy", "unit-off", "unit-dog"]));
      gl.uniform3fv(uniforms.ring, row(["possible", "likely", "confirmed"]));
      gl.uniform3fv(uniforms.rim, row(["unit-rim"]));
      gl.uniform3fv(uniforms.old, row(["unit-old"]));
      gl.uniform3fv(uniforms.shadow, [0, 0, 0]);
      gl.uniform3fv(uniforms.focus, row(["focus"]));
      gl.uniform1f(uniforms.text, Math.min(1, Math.max(0, (s.zoom - 12.6) / 0.8)));
      gl.uniform1f(uniforms.stale, s.stale ? 1 : 0);
      gl.uniform1f(uniforms.density, devicePixelRatio);
      gl.disable(gl.DEPTH_TEST);
      gl.disable(gl.STENCIL_TEST);
      gl.disable(gl.CULL_FACE);
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
      for (const loud of s.loudOnly ? [1] : [0, 1]) {
        gl.uniform1f(uniforms.loud, loud);
        gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
      }
      gl.bindVertexArray(null);
    },
    remove() {
      gl.deleteProgram(program);
      gl.deleteVertexArray(vao);
      gl.deleteBuffer(corners);
      gl.deleteBuffer(rows);
      gl.deleteTexture(texture);
    },
  };
}

function link(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(type);
    if (shader === null) continue; // the context is lost; the map makes a new one
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) === false && !gl.isContextLost()) {
    const logs = (gl.getAttachedShaders(program) ?? []).map((s) => gl.getShaderInfoLog(s) ?? "");
    throw new Error(`the units' shaders: ${logs.join(" ")} ${gl.getProgramInfoLog(program) ?? ""}`);
  }
  return program;
}
