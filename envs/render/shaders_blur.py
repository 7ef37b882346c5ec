"""The shader of motion blur.

A pixel shows, while the shutter is open, what then lies on its line of sight: the picture is averaged, in squares of its
bytes (proportional to light), along the way that the pixel's point moves over the picture because the camera moves. Things
that move themselves are not blurred, and behind an edge there is nothing to take from: it is the average of one picture,
not of many.
"""

__all__ = ["BLUR_PIXELS", "BLUR_VERTICES"]

BLUR_VERTICES = """
in vec2 corner;
out vec2 v_corner;
void main() {
    v_corner = corner;
    gl_Position = vec4(corner, 0.0, 1.0);
}
"""

BLUR_PIXELS = """
uniform mat4 from_clip;
uniform mat4 to_opened;
uniform vec3 eye;
uniform sampler2D picture;
uniform sampler2D depth;
in vec2 v_corner;
layout(location = 0) out vec4 colour;
const int LOOKS = 8;
void main() {
    vec2 here = 0.5 + 0.5 * v_corner;
    vec3 ray = mat3(from_clip) * vec3(v_corner, 1.0);
    vec4 before = to_opened * vec4(eye + texelFetch(depth, ivec2(gl_FragCoord.xy), 0).r * ray, 1.0);
    vec2 way = before.w > 0.01 ? 0.5 * (before.xy / before.w - v_corner) : vec2(0.0);
    vec3 sum = vec3(0.0);
    for (int i = 0; i < LOOKS; i++) {
        vec3 seen = texture(picture, here - (float(i) + 0.5) / float(LOOKS) * way).rgb;
        sum += seen * seen;
    }
    colour = vec4(sqrt(sum / float(LOOKS)), 1.0);
}
"""
