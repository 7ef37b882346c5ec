"""The shaders of surfaces: lit colour, depth and ids in one pass; then glass over it.

The light is computed at the vertices, the smoke at the pixels (`hazards.smoke.transmittance` says how). Colours are those
of the picture's bytes throughout; the few operations on them need no linear light. With shadows, lamps or light of flames
(`RICH`) the light is computed at the pixels (`hazards.lights` says how it is added). Programs are compiled for a number of
smoke layers and lights: on a software rasteriser code costs even where its loop runs no time.
"""

from goldentime.envs.render.shader_parts import LIGHT, SMOKE

__all__ = [
    "CASTER_MODEL",
    "CASTER_PIXELS",
    "CASTER_STATIC",
    "GLASS",
    "MODEL",
    "MODEL_PIXELS",
    "SIGN_PIXELS",
    "SIGN_VERTICES",
    "SKY_PIXELS",
    "SKY_VERTICES",
    "STATIC",
    "STATIC_PIXELS",
]

STATIC = (
    LIGHT
    + """
uniform mat4 to_clip;
in vec3 position; in vec3 normal; in vec3 colour; in uint id;
out vec3 v_colour; out vec3 v_normal; out vec3 v_world; flat out uint v_id;
void main() {
#if RICH
    v_colour = colour;
    v_normal = normal;
#else
    v_colour = lit(colour, normal);
#endif
    v_world = position;
    v_id = id;
    gl_Position = to_clip * vec4(position, 1.0);
}
"""
)

MODEL = (
    LIGHT
    + """
uniform mat4 to_clip;
uniform sampler2D palette;
in vec3 position; in vec3 normal; in float region;
in vec4 row_x; in vec4 row_y; in vec4 row_z; in uvec2 tag;    // one a thing: its pose, its ids and line of the palette
out vec3 v_colour; out vec3 v_normal; out vec3 v_world; flat out uint v_id;
void main() {
    vec4 p = vec4(position, 1.0), n = vec4(normal, 0.0);
    vec3 world = vec3(dot(row_x, p), dot(row_y, p), dot(row_z, p));
    vec3 facing = normalize(vec3(dot(row_x, n), dot(row_y, n), dot(row_z, n)));
    vec3 own = texelFetch(palette, ivec2(int(region), int(tag.y)), 0).rgb;
#if RICH
    v_colour = own;
    v_normal = facing;
#else
    v_colour = lit(own, facing);
#endif
    v_world = world;
    v_id = tag.x;
    gl_Position = to_clip * vec4(world, 1.0);
}
"""
)

_PLAIN = (
    LIGHT
    + SMOKE
    + """
uniform float pixel;    // width of a pixel at a depth of 1 m
in vec3 v_colour; in vec3 v_world; flat in uint v_id;
#if RICH
in vec3 v_normal;
vec3 shaded(vec3 own) { return own * light_on(v_world, normalize(v_normal)); }
#else
vec3 shaded(vec3 own) { return own; }
#endif
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
    colour = vec4(through_smoke(shaded(v_colour), v_world), 1.0);
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
    // The bits of a float in [1, 2): to convert an integer takes as long as all the rest of this.
    return uintBitsToFloat((h >> 9) | 0x3f800000u) - 1.5;
}

void main() {
    depth = 1.0 / gl_FragCoord.w;
    ids = v_id;
    // Cells that grow smaller than two pixels fade out instead of flickering.
    float foot = 2.0 * pixel * depth;
    vec3 own = v_colour * (1.0 + 0.10 * clamp(1.2 - foot / 0.5, 0.0, 1.0) * noise(v_world, 0.5)
                               + 0.07 * clamp(1.2 - foot / 0.06, 0.0, 1.0) * noise(v_world, 0.06));
    colour = vec4(through_smoke(shaded(own), v_world), 1.0);
}
"""
)

SIGN_VERTICES = (
    LIGHT
    + """
uniform mat4 to_clip;
in vec3 position; in vec3 normal; in vec2 place; in float glow; in uint id;
out vec3 v_light; out vec3 v_normal; out vec3 v_world; out vec2 v_place; flat out uint v_id;
void main() {
#if RICH
    v_light = vec3(glow);
    v_normal = normal;
#else
    v_light = mix(lit(vec3(1.0), normal), vec3(1.0), glow);
#endif
    v_world = position;
    v_place = place;
    v_id = id;
    gl_Position = to_clip * vec4(position, 1.0);
}
"""
)

SIGN_PIXELS = (
    LIGHT
    + SMOKE
    + """
uniform sampler2D picture;
uniform float bias;    // towards larger (below 0) or smaller sizes of the picture
in vec3 v_light; in vec3 v_world; in vec2 v_place; flat in uint v_id;
#if RICH
in vec3 v_normal;
vec3 light() { return mix(light_on(v_world, v_normal), vec3(1.0), v_light); }
#else
vec3 light() { return v_light; }
#endif
layout(location = 0) out vec4 colour;
layout(location = 1) out float depth;
layout(location = 2) out uint ids;
void main() {
    vec4 own = texture(picture, v_place, bias);
    // Outside rounded corners the body shows; to leave those pixels out would cost the early test of depth.
    vec3 face = mix(vec3(0.55, 0.55, 0.56), own.rgb, own.a) * light();
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
    SMOKE
    + """
uniform float far;
uniform float daylight;
in vec3 v_ray;
layout(location = 0) out vec4 colour;
layout(location = 1) out float depth;
layout(location = 2) out uint ids;
void main() {
    vec3 ray = normalize(v_ray);
    vec3 own = mix(vec3(0.80, 0.84, 0.88), vec3(0.42, 0.60, 0.85), clamp(1.6 * ray.z, 0.0, 1.0));
    colour = vec4(through_smoke(daylight * own, eye + far * ray), 1.0);
    depth = far;
    ids = 0u;
}
"""
)

GLASS = (
    SMOKE
    + """
uniform float daylight;
in vec3 v_colour; in vec3 v_world; flat in uint v_id;
layout(location = 0) out vec4 colour;
void main() {
    vec3 facing = normalize(cross(dFdx(v_world), dFdy(v_world)));
    float slant = 1.0 - abs(dot(facing, normalize(v_world - eye)));
    // A pane mirrors the more of the sky the flatter one looks at it.
    float cover = 0.14 + 0.6 * slant * slant * slant;
#if SMOKY
    cover *= smoke_to(v_world).a;
#endif
    colour = vec4(mix(v_colour, daylight * vec3(0.85, 0.90, 0.94), slant), cover);
}
"""
)

CASTER_STATIC = """
uniform mat4 to_clip;
in vec3 position;
void main() { gl_Position = to_clip * vec4(position, 1.0); }
"""

CASTER_MODEL = """
uniform mat4 to_clip;
in vec3 position;
in vec4 row_x; in vec4 row_y; in vec4 row_z;
void main() {
    vec4 p = vec4(position, 1.0);
    gl_Position = to_clip * vec4(dot(row_x, p), dot(row_y, p), dot(row_z, p), 1.0);
}
"""

CASTER_PIXELS = "void main() {}"
