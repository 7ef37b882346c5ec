"""The shaders: lit colour, depth and ids of surfaces in one pass; then glass over it.

The light is computed at the vertices, the smoke at the pixels (`hazards.smoke.transmittance` says how). Colours are those
of the picture's bytes throughout; the few operations on them need no linear light. Programs are compiled for a number of
smoke layers: on a software rasteriser code costs even where its loop runs no time.
"""

__all__ = [
    "GLASS",
    "MODEL",
    "MODEL_PIXELS",
    "SIGN_PIXELS",
    "SIGN_VERTICES",
    "SKY_PIXELS",
    "SKY_VERTICES",
    "STATIC",
    "STATIC_PIXELS",
    "head",
]


def head(layers: int) -> str:
    """What stands before each shader of a scene with so many layers of smoke."""
    return f"#version 330 core\n#define LAYERS {layers}\n"


_LIGHT = """
const vec3 SUN = vec3(0.36, -0.48, 0.80);
vec3 lit(vec3 colour, vec3 normal) {
    vec3 ambient = mix(vec3(0.40, 0.38, 0.36), vec3(0.62, 0.66, 0.72), 0.5 + 0.5 * normal.z);
    return colour * (ambient + vec3(0.50, 0.48, 0.44) * max(dot(normal, SUN), 0.0));
}
"""

_SMOKE = """
uniform vec3 eye;
#if LAYERS
uniform vec3 smoke_slab[LAYERS];    // bottom, top [m], extinction [1/m]
uniform vec3 smoke_colour[LAYERS];
// The smoke between the eye and a point: its colour, and the share of light that comes through.
vec4 smoke_to(vec3 point) {
    float low = min(point.z, eye.z), high = max(low + 1e-3, max(point.z, eye.z));
    float way = distance(point, eye) / (high - low);
    float total = 0.0;
    vec3 colour = vec3(0.0);
    for (int i = 0; i < LAYERS; i++) {
        float part = smoke_slab[i].z * way * max(min(high, smoke_slab[i].y) - max(low, smoke_slab[i].x), 0.0);
        total += part;
        colour += part * smoke_colour[i];
    }
    return vec4(colour / max(total, 1e-12), exp(-total));
}
#endif
vec3 through_smoke(vec3 own, vec3 point) {
#if LAYERS
    vec4 smoke = smoke_to(point);
    return mix(smoke.rgb, own, smoke.a);
#else
    return own;
#endif
}
"""

STATIC = (
    _LIGHT
    + """
uniform mat4 to_clip;
in vec3 position; in vec3 normal; in vec3 colour; in uint id;
out vec3 v_colour; out vec3 v_world; flat out uint v_id;
void main() {
    v_colour = lit(colour, normal);
    v_world = position;
    v_id = id;
    gl_Position = to_clip * vec4(position, 1.0);
}
"""
)

MODEL = (
    _LIGHT
    + """
uniform mat4 to_clip;
uniform sampler2D palette;
in vec3 position; in vec3 normal; in float region;
in vec4 row_x; in vec4 row_y; in vec4 row_z; in uvec2 tag;    // one a thing: its pose, its ids and line of the palette
out vec3 v_colour; out vec3 v_world; flat out uint v_id;
void main() {
    vec4 p = vec4(position, 1.0), n = vec4(normal, 0.0);
    vec3 world = vec3(dot(row_x, p), dot(row_y, p), dot(row_z, p));
    vec3 facing = normalize(vec3(dot(row_x, n), dot(row_y, n), dot(row_z, n)));
    v_colour = lit(texelFetch(palette, ivec2(int(region), int(tag.y)), 0).rgb, facing);
    v_world = world;
    v_id = tag.x;
    gl_Position = to_clip * vec4(world, 1.0);
}
"""
)

_PLAIN = (
    _SMOKE
    + """
uniform float pixel;    // width of a pixel at a depth of 1 m
in vec3 v_colour; in vec3 v_world; flat in uint v_id;
layout(location = 0) out vec4 colour;
layout(location = 1) out float depth;
layout(location = 2) out uint ids;
"""
)

MODEL_PIXELS = (
    _PLAIN
    + """
void main() {
    depth = 1.0 / gl_FragCoord.w;
    ids = v_id;
    colour = vec4(through_smoke(v_colour, v_world), 1.0);
}
"""
)

STATIC_PIXELS = (
    _PLAIN
    + """
// Integers give the same grain on every machine; the shift keeps cell borders off walls at round places.
float noise(vec3 point, float cell) {
    uvec3 c = uvec3(ivec3(floor(point / cell + 0.377)));
    uint h = c.x * 0x8da6b343u ^ c.y * 0xd8163841u ^ c.z * 0xcb1ab31fu;
    h = (h ^ (h >> 13)) * 0x5bd1e995u;
    return float((h >> 15) & 0xffffu) / 65535.0 - 0.5;
}

void main() {
    depth = 1.0 / gl_FragCoord.w;
    ids = v_id;
    // Cells that grow smaller than two pixels fade out instead of flickering.
    float foot = 2.0 * pixel * depth;
    vec3 own = v_colour * (1.0 + 0.10 * clamp(1.2 - foot / 0.5, 0.0, 1.0) * noise(v_world, 0.5)
                               + 0.07 * clamp(1.2 - foot / 0.06, 0.0, 1.0) * noise(v_world, 0.06));
    colour = vec4(through_smoke(own, v_world), 1.0);
}
"""
)

SIGN_VERTICES = (
    _LIGHT
    + """
uniform mat4 to_clip;
in vec3 position; in vec3 normal; in vec2 place; in float glow; in uint id;
out vec3 v_light; out vec3 v_world; out vec2 v_place; flat out uint v_id;
void main() {
    v_light = mix(lit(vec3(1.0), normal), vec3(1.0), glow);
    v_world = position;
    v_place = place;
    v_id = id;
    gl_Position = to_clip * vec4(position, 1.0);
}
"""
)

SIGN_PIXELS = (
    _SMOKE
    + """
uniform sampler2D picture;
in vec3 v_light; in vec3 v_world; in vec2 v_place; flat in uint v_id;
layout(location = 0) out vec4 colour;
layout(location = 1) out float depth;
layout(location = 2) out uint ids;
void main() {
    vec4 own = texture(picture, v_place);
    // Outside rounded corners the body shows; to leave those pixels out would cost the early test of depth.
    vec3 face = mix(vec3(0.55, 0.55, 0.56), own.rgb, own.a) * v_light;
    colour = vec4(through_smoke(face, v_world), 1.0);
    depth = 1.0 / gl_FragCoord.w;
    ids = v_id;
}
"""
)

SKY_VERTICES = """
uniform mat4 from_clip;    // columns: right, down and forward scaled so that a corner of the picture gives its ray
in vec2 corner;
out vec3 v_ray;
void main() {
    v_ray = mat3(from_clip) * vec3(corner, 1.0);
    gl_Position = vec4(corner, 1.0, 1.0);
}
"""

SKY_PIXELS = (
    _SMOKE
    + """
uniform float far;
in vec3 v_ray;
layout(location = 0) out vec4 colour;
layout(location = 1) out float depth;
layout(location = 2) out uint ids;
void main() {
    vec3 ray = normalize(v_ray);
    vec3 own = mix(vec3(0.80, 0.84, 0.88), vec3(0.42, 0.60, 0.85), clamp(1.6 * ray.z, 0.0, 1.0));
    colour = vec4(through_smoke(own, eye + far * ray), 1.0);
    depth = far;
    ids = 0u;
}
"""
)

GLASS = (
    _SMOKE
    + """
in vec3 v_colour; in vec3 v_world; flat in uint v_id;
layout(location = 0) out vec4 colour;
void main() {
    vec3 facing = normalize(cross(dFdx(v_world), dFdy(v_world)));
    float slant = 1.0 - abs(dot(facing, normalize(v_world - eye)));
    // A pane mirrors the more of the sky the flatter one looks at it.
    float cover = 0.14 + 0.6 * slant * slant * slant;
#if LAYERS
    cover *= smoke_to(v_world).a;
#endif
    colour = vec4(mix(v_colour, vec3(0.85, 0.90, 0.94), slant), cover);
}
"""
)

FLAME_VERTICES = """
uniform mat4 to_clip;
uniform vec3 eye;
uniform float spread;    // how much larger than the flame the quad is
in vec2 corner;          // x in [-1, 1], y in [0, 1]
in vec3 foot; in float radius; in float height; in float seed; in uint id;
out vec3 v_world; out vec2 v_place; flat out float v_seed; flat out uint v_id;
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
    gl_Position = to_clip * vec4(v_world, 1.0);
}
"""

_FLICKER = """
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
"""

FLAME_PIXELS = (
    _SMOKE
    + _FLICKER
    + """
layout(location = 0) out vec4 colour;
layout(location = 1) out float depth;
layout(location = 2) out uint ids;
void main() {
    vec2 p = v_place;
    vec2 rising = vec2(p.x * 1.6, p.y * 2.6 - 2.4 * time_s);
    float turmoil = 0.65 * noise(rising) + 0.35 * noise(2.7 * rising + 7.3);
    float sway = noise(vec2(1.3 * p.y - 1.5 * time_s, 3.7)) - 0.5;
    p.x += (0.9 * sway + 0.7 * (turmoil - 0.5)) * p.y;
    // A drop with its tip up, eaten away by the turmoil more and more as it rises.
    float width = 0.8 * sqrt(max(1.0 - p.y, 0.0)) * smoothstep(-0.15, 0.25, p.y);
    float heat = 1.5 * (width - abs(p.x)) + 0.15 - (0.2 + 1.5 * (1.0 - turmoil)) * p.y;
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
    _SMOKE
    + _FLICKER
    + """
layout(location = 0) out vec4 colour;
void main() {
    float off = length(vec2(v_place.x, 2.0 * v_place.y - 1.0));
    float flicker = 0.8 + 0.4 * noise(vec2(6.0 * time_s, 0.5));
    float glow = 0.45 * flicker * pow(max(1.0 - off, 0.0), 2.0);
#if LAYERS
    glow *= sqrt(smoke_to(v_world).a);    // smoke that scatters light loses less of it than of an image
#endif
    colour = vec4(1.0, 0.55, 0.18, glow);
}
"""
)
