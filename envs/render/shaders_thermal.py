"""The shaders of a thermal picture; `hazards.thermal` has the formulas and their NumPy twin."""

from goldentime.envs.hazards.thermal import AMBIENT_K, SMOKE_SHARE, WAVE_K
from goldentime.envs.render.shader_parts import DENS
from goldentime.envs.render.shaders_fire import FLICKER

__all__ = ["THERMAL_FLAME_PIXELS", "THERMAL_MODEL", "THERMAL_PIXELS", "THERMAL_SKY_PIXELS", "THERMAL_STATIC"]

_AIR = f"""
const float AMBIENT = {AMBIENT_K:.6f};
uniform vec3 eye;
layout(location = 0) out float kelvin;
#if BOXES
layout(location = 1) out float depth;    // smoke is laid over the finished surfaces (`shaders_smoke`)
#define DEPTH(metres) depth = metres
#else
#define DEPTH(metres)
#endif
float radiance(float kelvin) {{ return 1.0 / (exp({WAVE_K:.6f} / kelvin) - 1.0); }}
#if LAYERS
uniform vec3 smoke_slab[LAYERS];    // bottom, top [m], extinction of visible light [1/m]
uniform float smoke_kelvin[LAYERS];
#endif
float through_air(float own, vec3 point) {{
#if LAYERS && !BOXES
    float low = min(point.z, eye.z), high = max(low + 1e-3, max(point.z, eye.z));
    float way = {SMOKE_SHARE:.6f} * distance(point, eye) / (high - low);
    float total = 0.0, shine = 0.0;
    for (int i = 0; i < LAYERS; i++) {{
        float part = smoke_slab[i].z * way * max(min(high, smoke_slab[i].y) - max(low, smoke_slab[i].x), 0.0);
        total += part;
        shine += part * radiance(smoke_kelvin[i]);
    }}
    float all = mix(shine / max(total, 1e-12), radiance(own), exp(-total));
    return {WAVE_K:.6f} / log(1.0 + 1.0 / all);
#else
    return own;
#endif
}}
"""

_WARMED = (
    DENS
    + """
#if LIGHTS
uniform vec4 heaters[LIGHTS];    // place [m], and what it adds to the fourth power at 1 m
#endif
float warmed(float own, vec3 point, vec3 normal) {
#if LIGHTS
    float sum = 0.0;
    for (int i = 0; i < LIGHTS; i++) {
        vec3 way = heaters[i].xyz - point;
        float far2 = dot(way, way);
#if BOXES
        if (dot(normal, way) > 0.0 && shines(i, point, way) > 0.0)
#endif
        sum += heaters[i].w * max(dot(normal, way), 0.0) * inversesqrt(far2 + 1e-6) / (far2 + 0.1);
    }
    return sqrt(sqrt(own * own * own * own + sum));
#else
    return own;
#endif
}
"""
)

THERMAL_STATIC = """
uniform mat4 to_clip;
in vec3 position; in vec3 normal;
out vec3 v_world; out vec3 v_normal; out float v_kelvin;
void main() {
    v_world = position;
    v_normal = normal;
    v_kelvin = 0.0;
    gl_Position = to_clip * vec4(position, 1.0);
}
"""

THERMAL_MODEL = """
uniform mat4 to_clip;
uniform sampler2D palette;    // [K]
in vec3 position; in vec3 normal; in float region;
in vec4 row_x; in vec4 row_y; in vec4 row_z; in uvec2 tag;
out vec3 v_world; out vec3 v_normal; out float v_kelvin;
void main() {
    vec4 p = vec4(position, 1.0), n = vec4(normal, 0.0);
    v_world = vec3(dot(row_x, p), dot(row_y, p), dot(row_z, p));
    v_normal = normalize(vec3(dot(row_x, n), dot(row_y, n), dot(row_z, n)));
    v_kelvin = texelFetch(palette, ivec2(int(region), int(tag.y)), 0).r;
    gl_Position = to_clip * vec4(v_world, 1.0);
}
"""

THERMAL_PIXELS = (
    _AIR
    + _WARMED
    + """
in vec3 v_world; in vec3 v_normal; in float v_kelvin;
void main() {
    float own = v_kelvin > 0.0 ? v_kelvin : AMBIENT;
    DEPTH(1.0 / gl_FragCoord.w);
    kelvin = through_air(warmed(own, v_world, normalize(v_normal)), v_world);
}
"""
)

THERMAL_SKY_PIXELS = (
    _AIR
    + """
uniform float far;
in vec3 v_ray;
void main() {
    vec3 ray = normalize(v_ray);
    // A clear sky is cold overhead and as warm as the air at the horizon, through more and more of it.
    float own = mix(AMBIENT, 245.0, sqrt(clamp(ray.z, 0.0, 1.0)));
    DEPTH(far);
    kelvin = through_air(own, eye + far * ray);
}
"""
)

THERMAL_FLAME_PIXELS = (
    _AIR
    + FLICKER
    + """
void main() {
    float heat = heat_at(v_place);
    if (heat < 0.12) discard;
    DEPTH(1.0 / gl_FragCoord.w);
    kelvin = through_air(mix(900.0, 1300.0, smoothstep(0.10, 1.20, heat)), v_world);
}
"""
)
