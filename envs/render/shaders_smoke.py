"""The shaders of smoke in boxes, laid over the finished surfaces.

A loop over all boxes at each pixel would cost more than all the rest of a picture. Instead the faces of the boxes are drawn
and added up: what a ray passes of a box before it meets a surface is the way from the face where it enters, less the way
from the face where it leaves. Optical depth is a sum, so the order does not matter, and what walls hide costs nothing.
Boxes that hold the eye have no face where a ray enters; a veil over the whole picture adds them and the layers without a
span, and turns sums into colour or temperature (`hazards.smoke.transmittance` and `hazards.thermal.apparent` are the
twins).
"""

from goldentime.envs.hazards.thermal import AMBIENT_K, SKIN_M, SMOKE_SHARE, WAVE_K

__all__ = ["FACES_PIXELS", "FACES_VERTICES", "THERMAL_FACES_PIXELS", "THERMAL_VEIL_PIXELS", "VEIL_PIXELS", "VEIL_VERTICES"]

FACES_VERTICES = """
uniform mat4 to_clip;
in vec3 corner;    // of the unit cube
in vec3 lower; in vec3 upper; in vec4 paint;
flat out vec4 v_paint;
void main() {
    v_paint = paint;
    gl_Position = to_clip * vec4(mix(lower, upper, corner), 1.0);
}
"""

_FACES = """
uniform sampler2D surface;    // depth [m]
flat in vec4 v_paint;
layout(location = 0) out vec4 sum;
"""

FACES_PIXELS = (
    _FACES
    + """
void main() {
    float way = max(texelFetch(surface, ivec2(gl_FragCoord.xy), 0).r - 1.0 / gl_FragCoord.w, 0.0);
    sum = (gl_FrontFacing ? way : -way) * v_paint;
}
"""
)

THERMAL_FACES_PIXELS = (
    _FACES
    + f"""
void main() {{
    float way = texelFetch(surface, ivec2(gl_FragCoord.xy), 0).r - 1.0 / gl_FragCoord.w;
    // The second number adds up to the excess of the one box that a surface lies in.
    vec4 all = vec4(max(way, 0.0)) * v_paint;
    all.y = way > {SKIN_M:.6f} ? v_paint.y : 0.0;
    sum = gl_FrontFacing ? all : -all;
}}
"""
)

VEIL_VERTICES = """
uniform mat4 from_clip;
in vec2 corner;
out vec3 v_ray;
void main() {
    v_ray = mat3(from_clip) * vec3(corner, 1.0);
    gl_Position = vec4(corner, 0.0, 1.0);
}
"""

_VEIL = """
uniform vec3 eye;
uniform vec4 around_eye;      // the paint of the boxes that hold the eye
uniform sampler2D surface;    // depth [m]
uniform sampler2D sums;
in vec3 v_ray;
#if LAYERS
uniform vec3 smoke_slab[LAYERS];
// What the layer takes on the way to a point.
float slab(int i, vec3 point) {
    float low = min(point.z, eye.z), high = max(low + 1e-3, max(point.z, eye.z));
    float way = distance(point, eye) / (high - low);
    return smoke_slab[i].z * way * max(min(high, smoke_slab[i].y) - max(low, smoke_slab[i].x), 0.0);
}
#endif
"""

VEIL_PIXELS = (
    _VEIL
    + """
#if LAYERS
uniform vec3 smoke_colour[LAYERS];
#endif
layout(location = 0) out vec4 colour;
void main() {
    float far = texelFetch(surface, ivec2(gl_FragCoord.xy), 0).r;
    vec4 sum = length(v_ray) * (texelFetch(sums, ivec2(gl_FragCoord.xy), 0) + far * around_eye);
#if LAYERS
    for (int i = 0; i < LAYERS; i++) sum += slab(i, eye + far * v_ray) * vec4(smoke_colour[i], 1.0);
#endif
    float clear = exp(-max(sum.a, 0.0));
    colour = vec4(clamp(sum.rgb / max(sum.a, 1e-6), 0.0, 1.0) * (1.0 - clear), clear);
}
"""
)

THERMAL_VEIL_PIXELS = (
    _VEIL
    + f"""
uniform sampler2D bare;    // [K] without smoke
#if LAYERS
uniform float smoke_kelvin[LAYERS];
#endif
layout(location = 0) out float kelvin;
float radiance(float kelvin) {{ return 1.0 / (exp({WAVE_K:.6f} / kelvin) - 1.0); }}
void main() {{
    float far = texelFetch(surface, ivec2(gl_FragCoord.xy), 0).r;
    vec4 sum = texelFetch(sums, ivec2(gl_FragCoord.xy), 0);
    float own = max(texelFetch(bare, ivec2(gl_FragCoord.xy), 0).r, {AMBIENT_K:.6f} + sum.y + around_eye.y);
    sum = length(v_ray) * (sum + far * around_eye);
#if LAYERS
    for (int i = 0; i < LAYERS; i++) {{
        float part = {SMOKE_SHARE:.6f} * slab(i, eye + far * v_ray);
        sum += part * vec4(radiance(smoke_kelvin[i]), 0.0, 0.0, 1.0);
    }}
#endif
    float all = mix(sum.x / max(sum.a, 1e-9), radiance(own), exp(-max(sum.a, 0.0)));
    kelvin = {WAVE_K:.6f} / log(1.0 + 1.0 / all);
}}
"""
)
