"""What several shaders share: their heads, light and smoke."""

from goldentime.envs.hazards.dens import HOLES

__all__ = ["DENS", "LIGHT", "SMOKE", "head"]


def head(layers: int, boxes: int, lights: int, shadows: bool) -> str:
    """What stands before each shader of a scene with so many layers of smoke, at most so many bounded ones, and lights."""
    rich = int(lights > 0 or shadows)
    return (
        f"#version 330 core\n#define LAYERS {layers}\n#define BOXES {boxes}\n#define LIGHTS {lights}\n"
        f"#define SMOKY {int(layers + boxes > 0)}\n"
        f"#define SHADOWS {int(shadows)}\n#define RICH {rich}\n"
    )


DENS = f"""
#if LIGHTS && BOXES
uniform int walled;    // so many of the lights, the first, shine no farther than walls let them
uniform vec3 light_dens[{2 + 2 * HOLES} * LIGHTS];    // corners of a hearth's room and of its openings [m]
// 1 where a light at a place shines on what lies `way` before it, 0 where walls stand between.
float shines(int i, vec3 point, vec3 way) {{
    vec3 inner = min(point - light_dens[{2 + 2 * HOLES} * i], light_dens[{2 + 2 * HOLES} * i + 1] - point);
    vec3 per = -1.0 / mix(way, vec3(1e-6), lessThan(abs(way), vec3(1e-6))), at = point + way;
    bool free = min(inner.x, min(inner.y, inner.z)) > 0.0;
    for (int k = 1; k < {1 + HOLES}; k++) {{
        vec3 one = (light_dens[{2 + 2 * HOLES} * i + 2 * k] - at) * per;
        vec3 other = (light_dens[{2 + 2 * HOLES} * i + 2 * k + 1] - at) * per;
        vec3 enter = min(one, other), leave = max(one, other);
        free = free || min(min(leave.x, leave.y), min(leave.z, 1.0)) > max(max(enter.x, enter.y), max(enter.z, 0.0));
    }}
    return free ? 1.0 : 0.0;
}}
#endif
"""

LIGHT = (
    DENS
    + """
uniform float daylight;
const vec3 SUN = vec3(0.36, -0.48, 0.80);
const vec3 SUNSHINE = vec3(0.50, 0.48, 0.44);
vec3 skylight(vec3 normal) { return mix(vec3(0.40, 0.38, 0.36), vec3(0.62, 0.66, 0.72), 0.5 + 0.5 * normal.z); }
vec3 lit(vec3 colour, vec3 normal) {
    return colour * (daylight * (skylight(normal) + SUNSHINE * max(dot(normal, SUN), 0.0)));
}
#if SHADOWS
uniform sampler2DShadow sun_map;
uniform mat4 to_sun;
// The share of the sun that is seen from a point: four looks, each at four texels.
float sunlit(vec3 point, vec3 normal) {
    vec3 p = (to_sun * vec4(point + 0.03 * normal, 1.0)).xyz;
    vec3 edge = abs(2.0 * p - 1.0);
    if (max(edge.x, max(edge.y, edge.z)) > 0.99) return 1.0;
    vec2 step = 0.75 / vec2(textureSize(sun_map, 0));
    float seen = 0.0;
    for (int i = 0; i < 4; i++) {
        vec2 off = step * vec2((i & 1) * 2 - 1, (i & 2) - 1);
        seen += texture(sun_map, vec3(p.xy + off, p.z));
    }
    return 0.25 * seen;
}
#endif
#if LIGHTS
uniform vec3 light_at[LIGHTS];        // [m]
uniform vec3 light_squared[LIGHTS];   // squared brightness at 1 m
#endif
#if RICH
vec3 light_on(vec3 point, vec3 normal) {
    float sun = max(dot(normal, SUN), 0.0);
#if SHADOWS
    sun *= sunlit(point, normal);
#endif
    vec3 light = daylight * (skylight(normal) + SUNSHINE * sun);
#if LIGHTS
    vec3 sum = light * light;
    for (int i = 0; i < LIGHTS; i++) {
        vec3 way = light_at[i] - point;
        float far2 = dot(way, way);
#if BOXES
        if (i >= walled || (dot(normal, way) > 0.0 && shines(i, point, way) > 0.0))
#endif
        sum += light_squared[i] * max(dot(normal, way), 0.0) * inversesqrt(far2 + 1e-6) / (far2 + 0.05);  // no point
    }
    light = sqrt(sum);
#endif
    return light;
}
#endif
"""
)

_WITHIN = """
#if BOXES
uniform int box_count;
uniform vec4 box_lower[BOXES];    // corner as seen from the eye [m], extinction of visible light [1/m]
uniform vec3 box_upper[BOXES];
// The share of a way from the eye that lies within a box; `per` is one over the way.
float within(int i, vec3 per) {
    vec3 one = box_lower[i].xyz * per, other = box_upper[i] * per;
    vec3 enter = min(one, other), leave = max(one, other);
    return max(min(min(leave.x, leave.y), min(leave.z, 1.0)) - max(max(enter.x, enter.y), max(enter.z, 0.0)), 0.0);
}
vec3 per_way(vec3 way) { return 1.0 / mix(way, vec3(1e-6), lessThan(abs(way), vec3(1e-6))); }
#endif
"""

SMOKE = (
    _WITHIN
    + """
uniform vec3 eye;
#if LAYERS
uniform vec3 smoke_slab[LAYERS];    // bottom, top [m], extinction [1/m]
uniform vec3 smoke_colour[LAYERS];
#endif
#if BOXES
uniform vec3 box_colour[BOXES];
#endif
#if SMOKY
// The smoke between the eye and a point: its colour, and the share of light that comes through.
vec4 smoke_to(vec3 point) {
    float total = 0.0;
    vec3 colour = vec3(0.0);
#if LAYERS
    float low = min(point.z, eye.z), high = max(low + 1e-3, max(point.z, eye.z));
    float way = distance(point, eye) / (high - low);
    for (int i = 0; i < LAYERS; i++) {
        float part = smoke_slab[i].z * way * max(min(high, smoke_slab[i].y) - max(low, smoke_slab[i].x), 0.0);
        total += part;
        colour += part * smoke_colour[i];
    }
#endif
#if BOXES
    float far = distance(point, eye);
    vec3 per = per_way(point - eye);
    for (int i = 0; i < box_count; i++) {
        float part = box_lower[i].w * far * within(i, per);
        total += part;
        colour += part * box_colour[i];
    }
#endif
    return vec4(colour / max(total, 1e-12), exp(-total));
}
#endif
// Where there are boxes, smoke is laid over the finished surfaces instead (`shaders_smoke`).
vec3 through_smoke(vec3 own, vec3 point) {
#if LAYERS && !BOXES
    vec4 smoke = smoke_to(point);
    return mix(smoke.rgb, own, smoke.a);
#else
    return own;
#endif
}
"""
)
