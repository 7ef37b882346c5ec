"""What several shaders share: their heads, light and smoke."""

__all__ = ["LIGHT", "SMOKE", "head"]


def head(layers: int, lights: int, shadows: bool) -> str:
    """What stands before each shader of a scene with so many layers of smoke and lights."""
    rich = int(lights > 0 or shadows)
    return (
        f"#version 330 core\n#define LAYERS {layers}\n#define LIGHTS {lights}\n"
        f"#define SHADOWS {int(shadows)}\n#define RICH {rich}\n"
    )


LIGHT = """
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
        sum += light_squared[i] * max(dot(normal, way), 0.0) * inversesqrt(far2 + 1e-6) / (far2 + 0.05);  // no point
    }
    light = sqrt(sum);
#endif
    return light;
}
#endif
"""

SMOKE = """
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
