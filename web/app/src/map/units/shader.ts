// The shaders of the units layer: a quad of two triangles for each unit.
import { cells, wedgeCell } from "./signs";
import { block } from "./slots";

export const vertex = `#version 300 es
precision highp float;
// Of each unit: from, to: from the origin, in widths of the world; start, took: ms
// from our epoch; when it was fixed: s from the server's; heading or -1; cells: body,
// fill, ring, team.
uniform highp sampler2D u_rows;
uniform mat4 u_matrix;
uniform vec2 u_view;   // CSS pixels
uniform float u_now;
uniform float u_server;
uniform float u_radius; // of a body, CSS pixels
uniform float u_loud;   // 0: those without an alert, 1: those with one
uniform float u_bearing;
uniform int u_chosen;
uniform int u_hovered;
out vec2 v_at; // a body has radius 0.5
out vec2 v_ahead;
flat out vec4 v_what;
flat out float v_age;
flat out float v_heading;
flat out float v_chosen;
vec4 row(int unit, int i) {
  return texelFetch(u_rows, ivec2(3 * (unit % ${block}) + i, unit / ${block}), 0);
}
void main() {
  // Quads of their own: a card, and more so a program in its place, is slow at
  // thousands of instances of four corners each.
  int unit = gl_VertexID / 6;
  int nth = gl_VertexID % 6;
  vec2 corner = vec2(nth == 1 || nth == 3 || nth == 5 ? 1.0 : -1.0, nth == 2 || nth == 4 || nth == 5 ? 1.0 : -1.0);
  vec4 way = row(unit, 0);
  vec4 time = row(unit, 1);
  vec4 what = row(unit, 2);
  v_what = what;
  v_age = u_server - time.z;
  v_heading = time.w;
  v_chosen = unit == u_chosen ? 1.0 : 0.0;
  float loud = what.z > 0.0 || v_chosen > 0.0 ? 1.0 : 0.0;
  if (loud != u_loud) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); return; }
  float f = time.y > 0.0 ? clamp((u_now - time.x) / time.y, 0.0, 1.0) : 1.0;
  vec4 at = u_matrix * vec4(mix(way.xy, way.zw, f), 0.0, 1.0);
  float radius = u_radius * (unit == u_hovered ? 1.18 : 1.0) * (what.y == 3.0 ? 0.86 : 1.0);
  gl_Position = vec4(at.xy + corner * radius * 4.0 / u_view * at.w, 0.0, at.w);
  v_at = vec2(corner.x, -corner.y);
  float turn = radians(v_heading - u_bearing);
  v_ahead = mat2(cos(turn), -sin(turn), sin(turn), cos(turn)) * v_at;
}`;

export const fragment = `#version 300 es
precision highp float;
in vec2 v_at;
in vec2 v_ahead;
flat in vec4 v_what;
flat in float v_age;
flat in float v_heading;
flat in float v_chosen;
uniform sampler2D u_sheet;
uniform vec3 u_fill[4];  // on, busy, off, dog
uniform vec3 u_ring[3];  // possible, likely, confirmed
uniform vec3 u_rim;
uniform vec3 u_old;
uniform vec3 u_shadow;
uniform vec3 u_focus;
uniform float u_text;    // how much of the team's number is seen
uniform float u_stale;   // the connection is away: nothing is as of now
uniform float u_density;
uniform float u_lod;     // how often the sheet is halved for what a sign measures
out vec4 color;
vec3 sheet(float cell, vec2 at) {
  vec2 corner = vec2(mod(cell, ${cells}.0), floor(cell / ${cells}.0));
  return textureLod(u_sheet, (corner + clamp(at * 0.5 + 0.5, 0.01, 0.99)) / ${cells}.0, u_lod).rgb;
}
void over(inout vec4 below, vec3 c, float a) {
  below = vec4(c * a + below.rgb * (1.0 - a), a + below.a * (1.0 - a));
}
void main() {
  // Most of a quad is empty: with thousands of units, leaving that early is half the work.
  float far = length(v_at);
  bool tip = v_heading >= 0.0 && v_ahead.y < -0.5 && abs(v_ahead.x) < 0.42;
  bool round = v_what.z > 0.0 || v_chosen > 0.0;
  if (far > 1.0 || (far > 0.84 && !tip && !round)) discard;
  float old = max(u_stale, smoothstep(280.0, 300.0, v_age));
  // What an alert is about stays in sight however long it is silent.
  float faded = max(u_stale * 0.45, (v_what.z > 0.0 ? 0.2 : 0.5) * smoothstep(120.0, 240.0, v_age));
  vec3 body = sheet(v_what.x, v_at);
  vec3 fill = mix(u_fill[int(v_what.y)], u_old, old);
  color = vec4(0.0);
  over(color, u_shadow, body.b * 0.34);
  if (v_chosen > 0.0) {
    over(color, u_focus, 0.22 * (1.0 - smoothstep(0.92, 0.96, far)));
    over(color, u_focus, smoothstep(0.86, 0.89, far) * (1.0 - smoothstep(0.945, 0.975, far)));
  }
  if (v_what.z > 0.0) {
    vec3 ring = sheet(v_what.z, v_at);
    vec3 c = u_ring[int(v_what.z) - ${wedgeCell + 1}];
    over(color, c, ring.b);
    over(color, c, ring.r);
  }
  if (tip) {
    vec3 wedge = sheet(${wedgeCell}.0, v_ahead);
    over(color, u_rim, wedge.g);
    over(color, fill, wedge.r);
  }
  over(color, u_rim, body.g);
  over(color, fill, body.r);
  float stripe = smoothstep(0.35, 0.5, abs(fract((gl_FragCoord.x + gl_FragCoord.y) / (5.0 * u_density)) - 0.5) * 2.0);
  over(color, u_rim, body.r * old * stripe * 0.75);
  if (v_what.w > 0.0 && u_text > 0.0 && far < 0.5) over(color, u_rim, sheet(v_what.w, v_at).r * u_text * (1.0 - old));
  color *= 1.0 - faded;
}`;
