// What stands still, as meshes made once; what moves, built anew for every picture.
const CONDITION = { non_urgent: [.25, .78, .42], urgent: [.96, .78, .2], immediate: [.95, .28, .24], dead: [.32, .32, .36] };
const DRONE = [[.25, .62, 1], [1, .55, .2], [.75, .5, 1], [.3, .85, .75], [1, .45, .65], [.7, .8, .3]];
const KIT = [.92, .2, .16], LOAD = [.9, .62, .14], ROPE = [.85, .85, .8, .9], LINE = [.05, .06, .08, .32];
const STEADY = [0, 0, 0, 1];

function unpack(packed) {
  const text = atob(packed.data), bytes = Uint8Array.from(text, c => c.charCodeAt(0));
  const kind = { f32: Float32Array, u32: Uint32Array, u16: Uint16Array, i16: Int16Array, u8: Uint8Array }[packed.kind];
  return { data: new kind(bytes.buffer), shape: packed.shape };
}
const rows = packed => {
  const { data, shape } = unpack(packed), width = shape.slice(1).reduce((a, b) => a * b, 1);
  return Array.from({ length: shape[0] }, (_, i) => data.subarray(i * width, (i + 1) * width));
};
// Place before a time in a sorted list, and the share of the way to the next.
function between(times, t) {
  let low = 0, high = times.length - 1;
  while (low < high) { const mid = (low + high + 1) >> 1; if (times[mid] <= t) low = mid; else high = mid - 1; }
  const next = Math.min(low + 1, times.length - 1), gap = times[next] - times[low];
  return [low, next, gap > 0 ? Math.min(Math.max((t - times[low]) / gap, 0), 1) : 0];
}

class World {
  constructor(data, painter) {
    this.data = data; this.painter = painter;
    this.scene = data.scene; this.flight = data.flight;
    this.times = unpack(this.flight.time).data;
    const drones = unpack(this.flight.drones);
    this.drones = drones.data; this.count = drones.shape[1];
    this.tracks = {};
    for (const [name, table] of Object.entries(this.flight.tracks)) {
      const found = rows(table);
      this.tracks[name] = { times: found.map(r => r[0]), rows: found };
    }
    this.now = new Builder(); this.veil = new Builder(); this.wires = new Builder();
    this.meshes = { now: painter.mesh(), veil: painter.mesh(), wires: painter.mesh() };
    this.models = {}; this.bodies = new Map();
    this.still();
    this.trails = Array.from({ length: this.count }, (_, i) => this.trail(i));
  }
  still() {
    const s = this.scene, solid = new Builder(), sheer = new Builder(), glass = new Builder(), edge = new Builder();
    const target = flag => [solid, sheer, glass][flag];
    const shade = c => [c[0] / 255, c[1] / 255, c[2] / 255, c[3] === 2 ? .3 : 1];
    const [low, high] = s.bounds, pad = 1.5;
    const ground = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, -.06];
    solid.box(ground, [high[0] - low[0] + 2 * pad, high[1] - low[1] + 2 * pad, .1], STEADY, [.21, .23, .26]);
    const boxColours = rows(s.colours.box);
    rows(s.boxes).forEach((b, i) => {
      const q = V.yaw(b[6]), centre = [b[0], b[1], b[2]], size = [b[3], b[4], b[5]], c = boxColours[i];
      target(c[3]).box(centre, size, q, shade(c));
      edge.edges(centre, size, q, LINE);
    });
    const cylinderColours = rows(s.colours.cylinder);
    rows(s.cylinders).forEach((c, i) => target(cylinderColours[i][3]).cone([c[0], c[1], c[2]],
      [c[0], c[1], c[2] + c[4]], c[3], c[5], shade(cylinderColours[i]), 14));
    const vertices = rows(s.vertices), meshColours = rows(s.colours.mesh);
    for (const f of rows(s.faces)) {
      const c = meshColours[f[0]];
      target(c[3]).triangle(vertices[f[0]], vertices[f[1]], vertices[f[2]], shade(c));
    }
    for (const pad of s.pads) {
      const [x, y, z] = pad.position, h = pad.size[2] || .04;
      if (h < .1) solid.box([x, y, z + h / 2 + .01], [pad.size[0], pad.size[1], h], STEADY, [.86, .7, .25]);
      edge.edges([x, y, z + h / 2], [pad.size[0], pad.size[1], h], STEADY, [1, .85, .3, .9]);
    }
    for (const t of s.targets) solid.ball(t, .08, [.95, .82, .3]);
    for (let i = 0; i + 1 < s.route.length; i += 1) edge.line(s.route[i], s.route[i + 1], [.75, .8, .85, .35]);
    for (const z of s.wind) edge.edges([0, 1, 2].map(k => (z.lower[k] + z.upper[k]) / 2),
      [0, 1, 2].map(k => z.upper[k] - z.lower[k]), STEADY, [.4, .7, 1, .5]);
    for (const prop of s.props) this.model(solid, prop.model, prop.colours, M.stand(prop.position, prop.yaw, prop.scale));
    const p = this.painter;
    this.meshes.solid = p.fill(p.mesh(), solid.data); this.meshes.sheer = p.fill(p.mesh(), sheer.data);
    this.meshes.glass = p.fill(p.mesh(), glass.data); this.meshes.edge = p.fill(p.mesh(), edge.data);
  }
  // Adds a model's triangles, with regions in other colours where `colours` says so.
  model(b, name, colours, place) {
    const m = this.models[name] ??= (({ vertices, faces, region, regions }) => ({
      vertices: rows(vertices).map(v => [v[0] / 1000, v[1] / 1000, v[2] / 1000]), faces: rows(faces), region: unpack(region).data, regions,
    }))(this.scene.models[name]);
    const palette = m.regions.map(([part, ...rgb]) => colours[part] ?? rgb), points = m.vertices.map(v => M.at(place, v));
    m.faces.forEach((f, i) => b.triangle(points[f[0]], points[f[1]], points[f[2]], palette[m.region[i]]));
  }
  // The mesh of a person in a posture, standing at the origin; made when it is first needed.
  body(p) {
    const name = p.models?.[p.posture], key = `${p.number} ${name}`;
    if (!name) return null;
    if (!this.bodies.has(key)) {
      const b = new Builder();
      this.model(b, name, p.colours, IDENTITY);
      this.bodies.set(key, this.painter.fill(this.painter.mesh(), b.data));
    }
    return this.bodies.get(key);
  }
  trail(i) {
    const line = new Builder(), colour = [...DRONE[i % DRONE.length], 1];
    for (let k = 0; k < this.times.length; k++) line.vertex(this.raw(k, i), [0, 0, 0], colour);
    return this.painter.fill(this.painter.mesh(), line.data);
  }
  raw(k, i) { const o = (k * this.count + i) * 8; return [this.drones[o], this.drones[o + 1], this.drones[o + 2]]; }
  drone(t, i) {
    const [a, b, share] = between(this.times, t), d = this.drones, w = 8;
    const at = k => d.subarray((k * this.count + i) * w, (k * this.count + i + 1) * w);
    const p = at(a), q = at(b), sign = p[3] * q[3] + p[4] * q[4] + p[5] * q[5] + p[6] * q[6] < 0 ? -1 : 1;
    const mix = k => p[k] + (q[k] - p[k]) * share;
    const turn = [3, 4, 5, 6].map(k => p[k] + (sign * q[k] - p[k]) * share), n = Math.hypot(...turn) || 1;
    const gap = this.times[b] - this.times[a];
    return {
      position: [mix(0), mix(1), mix(2)], turn: turn.map(x => x / n), charge: mix(7),
      speed: gap > 0 ? Math.hypot(q[0] - p[0], q[1] - p[1], q[2] - p[2]) / gap : 0,
    };
  }
  // The things of a table at a time, `width` numbers each; those in `steps` don't change between two rows.
  things(name, t, width, steps = []) {
    const track = this.tracks[name];
    if (!track) return [];
    const [a, b, share] = between(track.times, t), p = track.rows[a], q = track.rows[b], found = [];
    for (let o = 1; o < p.length; o += width)
      found.push(Array.from({ length: width }, (_, k) => steps.includes(k) ? p[o + k] : p[o + k] + (q[o + k] - p[o + k]) * share));
    return found;
  }
  people(t) {
    const { postures, conditions } = this.flight;
    return this.things("people", t, 11, [3, 4, 5, 9, 10]).map((p, i) => ({
      number: i, position: [p[0], p[1], p[2]], yaw: p[3], posture: postures[p[4]] ?? "standing",
      condition: conditions[p[5]], fed: p[6], heat: p[7], hooded: p[9] > 0, tag: conditions[p[10]] ?? "",
      ...(this.scene.people[i] ?? { kind: "person", victim: true }),
    }));
  }
  kits(t) {
    return this.things("kits", t, 4, [3]).map((k, i) => {
      const size = this.scene.kits[i] ?? [.14, .14, .14];
      if (k[3] < 0 || k[3] >= this.count) return { position: [k[0], k[1], k[2]], turn: STEADY, size };
      const carrier = this.drone(t, k[3]), below = (this.flight.hulls[k[3]][1] + size[2]) / 2;
      return { position: V.add(carrier.position, V.turn(carrier.turn, [0, 0, -below])), turn: carrier.turn, size };
    });
  }
  loads(t) {
    return this.things("loads", t, 4, [3]).map((l, i) => ({
      position: [l[0], l[1], l[2]], size: this.scene.loads[i] ?? [.3, .3, .2],
      held: Array.from({ length: this.count }, (_, d) => d).filter(d => l[3] >> d & 1),
    }));
  }
  mover(m, t) {
    const share = Math.sin(2 * Math.PI * t / m.period_s + (m.phase ?? 0));
    return m.centre.map((c, k) => c + m.amplitude[k] * share);
  }
  // Smoke above the height `cut` is left out.
  build(t, cut) {
    const now = this.now.clear(), veil = this.veil.clear(), wires = this.wires.clear();
    for (let i = 0; i < this.count; i++) this.figureDrone(now, this.drone(t, i), i);
    this.seen = [];
    for (const p of this.people(t)) {
      const mesh = this.body(p), colour = personColour(p);
      if (mesh) this.seen.push({ mesh, model: M.stand(p.position, p.yaw, p.scale), tint: [...colour, .5] });
      else figure(now, p, colour);
      // What tells the condition where the figure is small.
      now.cone(V.add(p.position, [0, 0, .01]), V.add(p.position, [0, 0, .03]), .55, .55, colour, 20);
    }
    for (const k of this.kits(t)) now.box(k.position, k.size, k.turn, KIT);
    for (const l of this.loads(t)) {
      now.box(l.position, l.size, STEADY, LOAD);
      for (const d of l.held) wires.line(this.drone(t, d).position, l.position, ROPE);
    }
    for (const m of this.scene.movers) now.box(this.mover(m, t), m.size, STEADY, [.85, .42, .2]);
    this.fire(veil, t); this.smoke(veil, t, cut, wires);
    const p = this.painter;
    p.fill(this.meshes.now, now.data); p.fill(this.meshes.veil, veil.data); p.fill(this.meshes.wires, wires.data);
  }
  figureDrone(b, d, i) {
    const [radius, height] = this.flight.hulls[i] ?? [.25, .1], colour = DRONE[i % DRONE.length];
    const arm = radius * .72, at = p => V.add(d.position, V.turn(d.turn, p));
    b.box(d.position, [radius * .8, radius * .5, height * .8], d.turn, colour);
    b.box(at([radius * .5, 0, 0]), [radius * .25, radius * .18, height * .4], d.turn, [.95, .95, .98]);
    for (const [x, y] of [[1, 1], [1, -1], [-1, 1], [-1, -1]]) {
      const tip = at([x * arm * .7, y * arm * .7, height * .3]);
      b.cone(d.position, tip, .02, .015, [.2, .22, .25], 5);
      b.cone(tip, V.add(tip, V.turn(d.turn, [0, 0, .015])), radius * .42, radius * .42, colour.map(x => x * .8), 14);
    }
  }
  fire(b, t) {
    const tongue = (p, radius, height, k) => {
      const f = 1 + .12 * Math.sin(9 * t + 2.3 * k), top = V.add(p, [.06 * Math.sin(5 * t + k), .06 * Math.cos(4 * t + k), height * f]);
      b.cone(p, top, radius, 0, [1, .34, .05, .55], 10);
      b.cone(p, V.mix(p, top, .62), radius * .6, 0, [1, .82, .25, .8], 10);
    };
    this.scene.flames.forEach((f, k) => tongue(f.position, f.radius_m, f.height_m, k));
    this.things("fuels", t, 1).forEach(([watt], k) => {
      const fuel = this.scene.fuels[k];
      if (!fuel || watt < 500) return;
      // Flame height without the burning surface's width: 0.235 Q^0.4, Q in kW (Heskestad 1983).
      const top = this.scene.rooms[fuel.room]?.upper[2] ?? 1e9;
      const height = Math.min(Math.max(.235 * (watt / 1000) ** .4, .15), Math.max(.8 * (top - fuel.position[2]), .15));
      tongue(fuel.position, Math.max(.3 * height, .12), height, k);
    });
  }
  air(t) {
    return this.things("air", t, 7).map((a, i) => ({
      layer: a[0], upperK: a[1], lowerK: a[2], upper: a[3], lower: a[4], co: a[5], room: this.scene.rooms[i],
    }));
  }
  smoke(b, t, cut, wires) {
    const slab = (low, high, extinction, kelvin, depth) => {
      if (extinction < .005 || high[2] - low[2] < .02) return;
      // Opacity of so deep a stretch, less than all so that one still sees into the room.
      const alpha = .8 * (1 - Math.exp(-extinction * depth)), heat = Math.min(Math.max((kelvin - 400) / 600, 0), 1);
      b.box([0, 1, 2].map(k => (low[k] + high[k]) / 2), [0, 1, 2].map(k => Math.max(high[k] - low[k] - .02, .01)), STEADY,
        [.16 + .5 * heat, .15 + .14 * heat, .15, alpha / 2]);
    };
    for (const a of this.air(t)) {
      if (!a.room || a.room.lower[2] >= cut) continue;
      const { lower, upper } = a.room, layer = Math.min(Math.max(a.layer, lower[2]), upper[2]);
      slab([lower[0], lower[1], layer], upper, a.upper, a.upperK, 1.2);
      slab(lower, [upper[0], upper[1], layer], a.lower, a.lowerK, 1.2);
      if (a.upper >= .02 && upper[2] - layer > .05) wires.edges([(lower[0] + upper[0]) / 2, (lower[1] + upper[1]) / 2, layer],
        [upper[0] - lower[0], upper[1] - lower[1], 0], STEADY, [.85, .85, .85, .3]);
    }
    const [low, high] = this.scene.bounds;
    for (const l of this.scene.smoke) {
      const [x, y] = l.span ?? [[low[0], high[0]], [low[1], high[1]]];
      slab([x[0], y[0], l.bottom_m], [x[1], y[1], Math.min(l.top_m, high[2])], l.extinction_per_m, l.temperature_k, l.span ? 1.2 : .8);
    }
  }
}

const personColour = p => p.victim === false ? [.35, .55, .95] : CONDITION[p.condition] ?? [.8, .8, .8];
// A plain person facing their yaw, where there is no model of the posture.
function figure(b, p, colour) {
  const q = V.yaw(p.yaw), at = v => V.add(p.position, V.turn(q, v.map(x => x * (p.scale ?? 1)))), skin = [.93, .76, .62];
  if (p.posture.startsWith("lying")) { b.cone(at([-.8, 0, .14]), at([.5, 0, .16]), .1, .18, colour); b.ball(at([.7, 0, .16]), .12, skin); }
  else if (p.posture === "standing" || p.posture === "walking" || p.posture === "waving") { b.cone(at([0, 0, 0]), at([0, 0, 1.42]), .13, .2, colour); b.ball(at([0, 0, 1.6]), .12, skin); }
  else { b.cone(at([0, 0, 0]), at([0, 0, .75]), .25, .18, colour); b.cone(at([0, 0, .1]), at([.5, 0, .1]), .12, .08, colour); b.ball(at([0, 0, .92]), .12, skin); }
}
