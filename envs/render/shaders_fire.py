"""The shaders of flames, their glow and their embers."""

from goldentime.envs.render.shader_parts import SMOKE

__all__ = ["EMBER_PIXELS", "EMBER_VERTICES", "FLAME_PIXELS", "FLAME_VERTICES", "FLICKER", "GLOW_PIXELS"]
__all__ += ["GLOW_VERTICES"]

_QUAD = """
uniform mat4 to_clip;
uniform float spread;    // how much larger than the flame the quad is
in vec2 corner;          // x in [-1, 1], y in [0, 1]
in vec3 foot; in float radius; in float height; in float seed; in uint id;
out vec3 v_world; out vec2 v_place; flat out float v_seed; flat out uint v_id;
#ifdef GLOWS
flat out float v_clear;    // through the smoke in boxes, which would take long to ask at every pixel
#endif
void main() {
    vec2 away = foot.xy - eye.xy;
    away /= max(length(away), 1e-3);
    vec2 side = vec2(away.y, -away.x);
    float rise = height * mix(0.5 - 0.5 * spread, 0.5 + 0.5 * spread, corner.y);
    // The glow stands a little behind its flame.
    v_world = foot + vec3(side * corner.x * radius * spread + away * 0.02 * (spread - 1.0), rise);
    v_place = corner;
    v_seed = seed;
    v_id = id;
#ifdef GLOWS
    v_clear = smoke_to(foot + vec3(0.0, 0.0, 0.5 * height)).a;
#endif
    gl_Position = to_clip * vec4(v_world, 1.0);
}
"""

FLAME_VERTICES = "uniform vec3 eye;" + _QUAD
GLOW_VERTICES = (
    SMOKE
    + """
#if BOXES
#define GLOWS
#endif
"""
    + _QUAD
)

FLICKER = """
uniform float time_s;
in vec3 v_world; in vec2 v_place; flat in float v_seed; flat in uint v_id;
// Integers, not sines, give the same flicker on every machine.
float lattice(ivec2 at) {
    uint h = uint(at.x) * 0x8da6b343u ^ uint(at.y) * 0xd8163841u ^ uint(int(v_seed)) * 0xcb1ab31fu;
    h = (h ^ (h >> 13)) * 0x5bd1e995u;
    return float((h >> 15) & 0xffffu) / 65535.0;
}
float noise(vec2 p) {
    ivec2 cell = ivec2(floor(p));
    vec2 f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    return mix(mix(lattice(cell), lattice(cell + ivec2(1, 0)), f.x),
               mix(lattice(cell + ivec2(0, 1)), lattice(cell + ivec2(1, 1)), f.x), f.y);
}
// How hot the flame is at a place of its quad; below 0.12 there is none.
float heat_at(vec2 p) {
    vec2 rising = vec2(p.x * 1.6, p.y * 2.6 - 2.4 * time_s);
    float turmoil = 0.65 * noise(rising) + 0.35 * noise(2.7 * rising + 7.3);
    float sway = noise(vec2(1.3 * p.y - 1.5 * time_s, 3.7)) - 0.5;
    p.x += (0.9 * sway + 0.7 * (turmoil - 0.5)) * p.y;
    // A drop with its tip up, eaten away by the turmoil more and more as it rises.
    float width = 0.8 * sqrt(max(1.0 - p.y, 0.0)) * smoothstep(-0.15, 0.25, p.y);
    return 1.5 * (width - abs(p.x)) + 0.15 - (0.2 + 1.5 * (1.0 - turmoil)) * p.y;
}
"""

FLAME_PIXELS = (
    SMOKE
    + FLICKER
    + """
layout(location = 0) out vec4 colour;
layout(location = 1) out float depth;
layout(location = 2) out uint ids;
void main() {
    float heat = heat_at(v_place);
    if (heat < 0.12) discard;
    vec3 own = mix(vec3(0.80, 0.16, 0.02), vec3(1.0, 0.52, 0.06), smoothstep(0.10, 0.45, heat));
    own = mix(own, vec3(1.0, 0.90, 0.45), smoothstep(0.40, 0.90, heat));
    own = mix(own, vec3(1.0, 1.0, 0.88), smoothstep(0.85, 1.40, heat));
    colour = vec4(through_smoke(own, v_world), 1.0);
    depth = 1.0 / gl_FragCoord.w;
    ids = v_id;
}
"""
)

GLOW_PIXELS = (
    SMOKE
    + FLICKER
    + """
layout(location = 0) out vec4 colour;
#if BOXES
flat in float v_clear;
#endif
void main() {
    float off = length(vec2(v_place.x, 2.0 * v_place.y - 1.0));
    float flicker = 0.8 + 0.4 * noise(vec2(6.0 * time_s, 0.5));
    float glow = 0.45 * flicker * pow(max(1.0 - off, 0.0), 2.0);
    // Smoke that scatters light loses less of it than of an image.
#if BOXES
    glow *= sqrt(v_clear);
#elif LAYERS
    glow *= sqrt(smoke_to(v_world).a);
#endif
    colour = vec4(1.0, 0.55, 0.18, glow);
}
"""
)

EMBER_VERTICES = (
    SMOKE
    + """
uniform mat4 to_clip;
uniform float time_s;
uniform float pixel;
in vec3 foot; in float radius; in float height; in float seed; in float embers;
out vec4 v_shine;
// A number in [0, 1) of a spark, its life and a purpose: integers give the same on every machine.
float draw(int life, int what) {
    uint h = uint(gl_VertexID) * 0x8da6b343u ^ uint(life) * 0xd8163841u ^ uint(int(seed) * 16 + what) * 0xcb1ab31fu;
    h = (h ^ (h >> 13)) * 0x5bd1e995u;
    h = (h ^ (h >> 15)) * 0x2c1b3c6du;
    return float(h >> 8) / 16777216.0;
}
void main() {
    float clock = time_s / (1.0 + 1.2 * draw(0, 0)) + draw(0, 1);
    int life = 1 + int(floor(clock));
    float age = fract(clock);
    vec2 start = (vec2(draw(life, 2), draw(life, 3)) - 0.5) * 1.2 * radius;
    vec2 drift = (vec2(draw(life, 4), draw(life, 5)) - 0.5) * height;
    vec2 curl = (vec2(draw(life, 6), draw(life, 7)) - 0.5) * 1.6 * height;
    // Fast at first, then borne by air that cools; a path that bends.
    float rise = height * (0.3 + (0.8 + 1.4 * draw(life, 8)) * age * (1.5 - 0.5 * age));
    vec3 at = foot + vec3(start + drift * age + curl * age * (1.0 - age), rise);
    gl_Position = to_clip * vec4(at, 1.0);
    float wide = 0.014 / (pixel * max(gl_Position.w, 0.1));
    gl_PointSize = clamp(wide, 1.0, 8.0);
    float bright = min(wide * wide, 1.0) * (1.0 - age * age);
#if SMOKY
    bright *= smoke_to(at).a;
#endif
    v_shine = vec4(mix(vec3(1.0, 0.75, 0.30), vec3(0.9, 0.25, 0.05), age), bright);
    if (float(gl_VertexID) >= embers) gl_Position = vec4(0.0, 0.0, 2.0, 1.0);
}
"""
)

EMBER_PIXELS = """
in vec4 v_shine;
layout(location = 0) out vec4 colour;
void main() { colour = v_shine; }
"""
