// Matrices, WebGL 2, and a builder of triangles. Column-major 4x4 matrices; world axes are ENU, metres.
const M = {
  mul(a, b) {
    const o = new Float32Array(16);
    for (let c = 0; c < 4; c++) for (let r = 0; r < 4; r++) {
      let s = 0;
      for (let k = 0; k < 4; k++) s += a[4 * k + r] * b[4 * c + k];
      o[4 * c + r] = s;
    }
    return o;
  },
  perspective(fov, aspect, near, far) {
    const f = 1 / Math.tan(fov / 2), d = 1 / (near - far);
    return new Float32Array([f / aspect, 0, 0, 0, 0, f, 0, 0, 0, 0, (far + near) * d, -1, 0, 0, 2 * far * near * d, 0]);
  },
  stand(p, yaw, scale) {
    const c = scale * Math.cos(yaw), s = scale * Math.sin(yaw);
    return new Float32Array([c, s, 0, 0, -s, c, 0, 0, 0, 0, scale, 0, p[0], p[1], p[2], 1]);
  },
  at: (m, p) => [0, 1, 2].map(r => m[r] * p[0] + m[4 + r] * p[1] + m[8 + r] * p[2] + m[12 + r]),
  look(eye, at, up) {
    const z = V.unit(V.sub(eye, at)), x = V.unit(V.cross(up, z)), y = V.cross(z, x);
    return new Float32Array([x[0], y[0], z[0], 0, x[1], y[1], z[1], 0, x[2], y[2], z[2], 0,
      -V.dot(x, eye), -V.dot(y, eye), -V.dot(z, eye), 1]);
  },
};
const V = {
  sub: (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]],
  add: (a, b, s = 1) => [a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2]],
  dot: (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2],
  cross: (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]],
  unit(a) { const n = Math.hypot(...a) || 1; return [a[0] / n, a[1] / n, a[2] / n]; },
  mix: (a, b, t) => a.map((x, i) => x + (b[i] - x) * t),
  turn(q, v) {
    const u = [q[0], q[1], q[2]], t = V.cross(u, v).map(x => 2 * x), c = V.cross(u, t);
    return [v[0] + q[3] * t[0] + c[0], v[1] + q[3] * t[1] + c[1], v[2] + q[3] * t[2] + c[2]];
  },
  yaw: a => [0, 0, Math.sin(a / 2), Math.cos(a / 2)],
};

// Ten floats a vertex: position, normal, red, green, blue, alpha. A normal of 0 is drawn without light.
class Builder {
  constructor() { this.data = []; }
  clear() { this.data.length = 0; return this; }
  vertex(p, n, c) { this.data.push(p[0], p[1], p[2], n[0], n[1], n[2], c[0], c[1], c[2], c[3] ?? 1); }
  triangle(a, b, c, colour) {
    const n = V.unit(V.cross(V.sub(b, a), V.sub(c, a)));
    this.vertex(a, n, colour); this.vertex(b, n, colour); this.vertex(c, n, colour);
  }
  quad(a, b, c, d, colour) { this.triangle(a, b, c, colour); this.triangle(a, c, d, colour); }
  corners(centre, size, q) {
    const out = [];
    for (const x of [-.5, .5]) for (const y of [-.5, .5]) for (const z of [-.5, .5])
      out.push(V.add(centre, V.turn(q, [x * size[0], y * size[1], z * size[2]])));
    return out;
  }
  box(centre, size, q, colour) {
    const c = this.corners(centre, size, q);
    for (const f of [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])
      this.quad(c[f[0]], c[f[1]], c[f[2]], c[f[3]], colour);
  }
  edges(centre, size, q, colour) {
    const c = this.corners(centre, size, q);
    for (const [a, b] of [[0, 1], [2, 3], [4, 5], [6, 7], [0, 2], [1, 3], [4, 6], [5, 7], [0, 4], [1, 5], [2, 6], [3, 7]])
      this.line(c[a], c[b], colour);
  }
  line(a, b, colour) { this.vertex(a, [0, 0, 0], colour); this.vertex(b, [0, 0, 0], colour); }
  // From the middle of one disc to the middle of the other.
  cone(a, b, ra, rb, colour, sides = 12) {
    const w = V.unit(V.sub(b, a)), u = V.unit(V.cross(w, Math.abs(w[2]) < .9 ? [0, 0, 1] : [1, 0, 0])), v = V.cross(w, u);
    const ring = (o, r, i) => {
      const t = 2 * Math.PI * i / sides;
      return V.add(V.add(o, u, r * Math.cos(t)), v, r * Math.sin(t));
    };
    for (let i = 0; i < sides; i++) {
      const p = ring(a, ra, i), q = ring(a, ra, i + 1), s = ring(b, rb, i), t = ring(b, rb, i + 1);
      if (ra > 0) { this.triangle(p, q, t, colour); this.triangle(q, p, a, colour); }
      if (rb > 0) { this.triangle(p, t, s, colour); this.triangle(s, t, b, colour); }
      else if (ra > 0) this.triangle(p, q, b, colour);
    }
  }
  ball(o, r, colour, n = 8) {
    const at = (i, j) => {
      const a = Math.PI * i / n, b = 2 * Math.PI * j / n, s = Math.sin(a);
      return [s * Math.cos(b), s * Math.sin(b), Math.cos(a)];
    };
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
      const k = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
      for (const m of [0, 1, 2, 0, 2, 3]) this.vertex(V.add(o, k[m], r), k[m], colour);
    }
  }
}

const VERTEX = `#version 300 es
layout(location=0) in vec3 position; layout(location=1) in vec3 normal; layout(location=2) in vec4 colour;
uniform mat4 view, model; uniform vec4 tint; out vec3 n; out vec4 c; out float z;
void main(){
  vec4 p = model * vec4(position, 1.0);
  gl_Position = view * p; n = mat3(model) * normal; c = vec4(mix(colour.rgb, tint.rgb, tint.a), colour.a); z = p.z;
}`;
const FRAGMENT = `#version 300 es
precision highp float; in vec3 n; in vec4 c; in float z; out vec4 o;
uniform float cut, alpha; uniform vec3 eye;
void main(){
  if (z > cut) discard;
  float light = 1.0;
  if (dot(n, n) > 0.01) {
    vec3 m = normalize(n);
    light = 0.56 + 0.26 * max(dot(m, normalize(vec3(0.35, -0.5, 0.8))), 0.0) + 0.18 * abs(dot(m, eye));
  }
  float a = c.a * alpha;
  o = vec4(c.rgb * light * a, a);
}`;

const IDENTITY = new Float32Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]), PLAIN = [0, 0, 0, 0];

class Painter {
  constructor(canvas) {
    const gl = this.gl = canvas.getContext("webgl2", { antialias: true, alpha: false });
    if (!gl) throw new Error("this browser offers no WebGL 2: the 3D view can't be drawn");
    const program = this.program = gl.createProgram();
    for (const [type, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(type);
      gl.shaderSource(shader, text); gl.compileShader(shader); gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
    gl.useProgram(program);
    this.at = name => gl.getUniformLocation(program, name);
    this.places = Object.fromEntries(["view", "model", "tint", "cut", "alpha", "eye"].map(name => [name, this.at(name)]));
    gl.enable(gl.DEPTH_TEST); gl.enable(gl.BLEND); gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }
  // A mesh that stays; `fill` writes it anew.
  mesh() {
    const gl = this.gl, array = gl.createVertexArray(), buffer = gl.createBuffer();
    gl.bindVertexArray(array); gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    [[0, 3, 0], [1, 3, 12], [2, 4, 24]].forEach(([i, n, offset]) => {
      gl.enableVertexAttribArray(i); gl.vertexAttribPointer(i, n, gl.FLOAT, false, 40, offset);
    });
    return { array, buffer, count: 0 };
  }
  fill(mesh, data) {
    const gl = this.gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, mesh.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, data instanceof Float32Array ? data : new Float32Array(data), gl.DYNAMIC_DRAW);
    mesh.count = (data.length / 10) | 0;
    return mesh;
  }
  begin(view, eye, cut, background) {
    const gl = this.gl;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(...background, 1); gl.depthMask(true); gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.uniformMatrix4fv(this.places.view, false, view);
    gl.uniform3fv(this.places.eye, eye); gl.uniform1f(this.places.cut, cut);
  }
  draw(mesh, { alpha = 1, mode = "TRIANGLES", from = 0, count = mesh.count - from, depth = true, cut, model = IDENTITY, tint = PLAIN } = {}) {
    if (count <= 0) return;
    const gl = this.gl;
    gl.uniformMatrix4fv(this.places.model, false, model); gl.uniform4fv(this.places.tint, tint);
    gl.depthMask(depth); gl.uniform1f(this.places.alpha, alpha);
    if (cut !== undefined) gl.uniform1f(this.places.cut, cut);
    gl.bindVertexArray(mesh.array); gl.drawArrays(gl[mode], from, count);
  }
}
