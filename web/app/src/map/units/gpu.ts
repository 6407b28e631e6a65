// The card's side of the units: what everybody looks like goes in once, where they
// are as a row each, and two draws show them.
import type { Theme } from "../../tokens/tokens";
import { colors, mapColors } from "../../tokens/tokens";
import { fragment, vertex } from "./shader";
import { cellPx, drawSheet, drawTeam, teamCell } from "./signs";
import { block, floats, type Point2, type Slots } from "./slots";

const texels = floats / 4; // of a unit, four numbers each

export interface Scene {
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

export interface Gpu {
  team(team: number, known: Set<number>): void;
  upload(slots: Slots): void;
  draw(count: number, scene: Scene): void;
  remove(): void;
}

function rgb(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1), 16);
  return [((n >> 16) & 255) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}

export function makeGpu(gl: WebGL2RenderingContext): Gpu {
  const program = link(gl);
  const at = (name: string) => gl.getUniformLocation(program, name);
  const uniforms = {
    matrix: at("u_matrix"), view: at("u_view"), now: at("u_now"), server: at("u_server"), radius: at("u_radius"), loud: at("u_loud"),
    bearing: at("u_bearing"), chosen: at("u_chosen"), hovered: at("u_hovered"), sheet: at("u_sheet"), fill: at("u_fill"), ring: at("u_ring"),
    rim: at("u_rim"), old: at("u_old"), shadow: at("u_shadow"), focus: at("u_focus"), text: at("u_text"), stale: at("u_stale"), density: at("u_density"), lod: at("u_lod"), rows: at("u_rows"),
  };
  const none = gl.createVertexArray(); // the corners are told by their number alone
  const rows = gl.createTexture();
  let height = 0; // of rows, in blocks of units
  gl.bindTexture(gl.TEXTURE_2D, rows);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);

  const sheet = drawSheet();
  const texture = gl.createTexture();
  let redraw = true;
  const bindSheet = () => {
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    if (!redraw || sheet === null) return;
    redraw = false;
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
      const blocks = Math.ceil(slots.size / block);
      gl.activeTexture(gl.TEXTURE1);
      gl.bindTexture(gl.TEXTURE_2D, rows);
      if (blocks > height) {
        height = slots.data.length / (block * floats);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, block * texels, height, 0, gl.RGBA, gl.FLOAT, null);
      }
      if (blocks > 0) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, block * texels, blocks, gl.RGBA, gl.FLOAT, slots.data);
    },
    draw(count, s) {
      gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
      gl.clear(gl.COLOR_BUFFER_BIT);
      if (count === 0) return;
      const row = (names: (keyof typeof colors | keyof typeof mapColors)[]) =>
        names.flatMap((n) => rgb((n in colors ? colors[n as keyof typeof colors] : mapColors[n as keyof typeof mapColors])[s.theme]));
      gl.useProgram(program);
      gl.bindVertexArray(none);
      bindSheet();
      gl.uniform1i(uniforms.sheet, 0);
      gl.uniform1i(uniforms.rows, 1);
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
      gl.uniform1f(uniforms.lod, Math.max(0, Math.log2(cellPx / (4 * s.radius * devicePixelRatio))));
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
      for (const loud of s.loudOnly ? [1] : [0, 1]) {
        gl.uniform1f(uniforms.loud, loud);
        gl.drawArrays(gl.TRIANGLES, 0, 6 * count);
      }
    },
    remove() {
      gl.deleteProgram(program);
      gl.deleteVertexArray(none);
      gl.deleteTexture(rows);
      gl.deleteTexture(texture);
    },
  };
}

function link(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(type);
    if (shader === null) continue; // the context is lost; the pane begins anew
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
