// The page: camera, time line, lists, keys.
const DATA = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id), clamp = (x, a, b) => Math.min(Math.max(x, a), b);
const make = (tag, css, text) => { const e = document.createElement(tag); e.className = css; e.textContent = text ?? ""; return e; };
const clock = t => `${Math.floor(t / 60)}:${(t % 60).toFixed(1).padStart(4, "0")}`;
const canvas = $("view"), marks = $("marks"), bar = $("bar");
let painter, world;
try { painter = new Painter(canvas); world = new World(DATA, painter); } catch (error) { $("fault").textContent = error.message; throw error; }
const END = world.times[world.times.length - 1] ?? 0, SPEEDS = [.25, .5, 1, 2, 4, 8, 16, 32];
const state = { t: 0, playing: false, speed: 1, mode: "orbit", drone: 0, storey: "auto", walls: DATA.scene.storeys.length ? .22 : 1 };
const eye = home();

function home() {
  const { rooms, bounds } = DATA.scene, p = world.drone(0, 0).position;
  const ends = [Math.min, Math.max].map((pick, side) => [0, 1, 2].map(k => rooms.length ?
    pick(p[k], ...rooms.map(r => [r.lower, r.upper][side][k])) : bounds[side][k]));
  const [a, b] = ends;
  const size = Math.min(Math.hypot(b[0] - a[0], b[1] - a[1]), 90);
  const at = size < 90 ? [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, Math.min((a[2] + b[2]) / 2, 4)] : p;
  return { at, yaw: -Math.PI / 2 - .35, pitch: .72, far: Math.max(size * .95, 4) };
}
// Floor of the storey that is shown, and the height above which nothing is drawn, so that one sees into it.
function shown() {
  const storeys = DATA.scene.storeys, everything = [-1e9, 1e9];
  if (!storeys.length || state.storey === "all") return everything;
  let number = state.storey;
  if (number === "auto") {
    const z = world.drone(state.t, state.drone).position[2];
    number = 0;
    storeys.forEach((s, i) => { if (z > s.floor - .2) number = i; });
    if (z > storeys[storeys.length - 1].ceiling + .3) return everything;
  }
  return [storeys[number].floor, storeys[number].ceiling - .06];
}
function look(aspect) {
  const d = world.drone(state.t, state.drone);
  let { at, yaw, pitch, far } = eye, up = [0, 0, 1];
  if (state.mode !== "orbit") at = eye.at = d.position;
  if (state.mode === "behind") {
    const nose = V.turn(d.turn, [1, 0, 0]);
    yaw = Math.atan2(-nose[1], -nose[0]); pitch = .45; far = clamp(far, 1.2, 6);
  }
  if (state.top) { pitch = Math.PI / 2; up = [-Math.cos(yaw), -Math.sin(yaw), 0]; }
  const out = [Math.cos(pitch) * Math.cos(yaw), Math.cos(pitch) * Math.sin(yaw), Math.sin(pitch)];
  const from = V.add(at, out, far), flat = Math.max(far * .004, .03);
  return { from, out, view: M.mul(M.perspective(.85, aspect, flat, far * 4 + 200), M.look(from, at, up)) };
}
function draw() {
  const ratio = Math.min(devicePixelRatio, 2), wide = canvas.clientWidth, high = canvas.clientHeight;
  for (const c of [canvas, marks]) if (c.width !== Math.round(wide * ratio) || c.height !== Math.round(high * ratio)) {
    c.width = Math.round(wide * ratio); c.height = Math.round(high * ratio);
  }
  const { view, out } = look(wide / high), [, cut] = shown(), m = world.meshes, p = painter;
  world.build(state.t, cut);
  p.begin(view, out, cut, [.075, .086, .102]);
  p.draw(m.solid);
  if (state.walls >= 1) p.draw(m.sheer);
  p.draw(m.now);
  for (const { mesh, model, tint } of world.seen) p.draw(mesh, { model, tint });
  p.draw(m.edge, { mode: "LINES", depth: false });
  const row = between(world.times, state.t)[0];
  world.trails.forEach(t => {
    p.draw(t, { mode: "LINE_STRIP", alpha: .16, depth: false, cut: 1e9 });
    p.draw(t, { mode: "LINE_STRIP", count: row + 1, alpha: .95, depth: false, cut: 1e9 });
  });
  p.draw(m.glass, { depth: false, cut });
  if (state.walls < 1) p.draw(m.sheer, { alpha: state.walls, depth: false });
  p.draw(m.wires, { mode: "LINES", depth: false, cut: 1e9 });
  p.draw(m.veil, { depth: false, cut: 1e9 });
  labels(view, ratio, wide, high);
}
function labels(view, ratio, wide, high) {
  const pen = marks.getContext("2d"), [a, b] = DATA.scene.bounds, near = Math.hypot(b[0] - a[0], b[1] - a[1]) / 4 + 25;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0); pen.clearRect(0, 0, wide, high);
  pen.textAlign = "center"; pen.lineJoin = "round";
  const spot = p => {
    const [x, y, , w] = [0, 1, 2, 3].map(r => view[r] * p[0] + view[4 + r] * p[1] + view[8 + r] * p[2] + view[12 + r]);
    return w > .05 ? [wide * (.5 + x / w / 2), high * (.5 - y / w / 2), w] : null;
  };
  const say = (p, text, colour, size = 12, up = 0) => {
    const at = spot(p); if (!at) return;
    pen.font = `600 ${size}px ${getComputedStyle(document.body).fontFamily}`;
    pen.lineWidth = 3; pen.strokeStyle = "rgba(10,12,15,.85)"; pen.strokeText(text, at[0], at[1] - up);
    pen.fillStyle = colour; pen.fillText(text, at[0], at[1] - up);
  };
  const [floor, cut] = shown(), t = state.t, here = p => p[2] > floor - .3 && p[2] < cut + .5;
  for (const s of DATA.scene.signs) if (here(s.position) && (spot(s.position)?.[2] ?? 1e9) < near) say(s.position, s.text, "#9fe0b6", 11);
  for (const r of DATA.scene.rooms) if (r.name && r.upper[2] < cut + .5 && r.upper[2] > cut - 1.5)
    say([(r.lower[0] + r.upper[0]) / 2, (r.lower[1] + r.upper[1]) / 2, r.lower[2]], r.name, "#aeb8c6", 11);
  for (const x of DATA.scene.pads) say(x.position, x.name, "#ffd966", 11);
  for (const c of DATA.calls) if (t >= c.start && t <= Math.max(c.end, c.start + .6)) {
    const at = spot(c.position), colour = !c.help ? "#98a2b0" : c.drone >= 0 ? "#6fe3a0" : "#ffb35c"; if (!at) continue;
    for (const k of [0, 1, 2]) {
      const r = 6 + ((t * 26 + k * 14) % 42);
      pen.globalAlpha = 1 - r / 48; pen.strokeStyle = colour; pen.lineWidth = 2;
      pen.beginPath(); pen.arc(at[0], at[1], r, 0, 7); pen.stroke(); pen.globalAlpha = 1;
    }
    const hears = c.drone >= 0 ? spot(world.drone(t, c.drone).position) : null;
    if (hears) { pen.setLineDash([4, 5]); pen.beginPath(); pen.moveTo(at[0], at[1]); pen.lineTo(hears[0], hears[1]); pen.stroke(); pen.setLineDash([]); }
    say(c.position, c.kind + (c.snr_db === null ? "" : ` ${c.snr_db} dB`), colour, 12, 14);
  }
  let stacked = 0;
  for (const e of DATA.events.filter(e => e.time <= t && t - e.time < 5).reverse()) {
    const colour = { good: "#6fe3a0", bad: "#ff8078", plain: "#d6dde6" }[e.mood], at = spot(e.position); if (!at) continue;
    pen.globalAlpha = 1 - (t - e.time) / 5.5; pen.fillStyle = colour; pen.beginPath(); pen.arc(at[0], at[1], 4, 0, 7); pen.fill();
    say(e.position, e.words.length > 46 ? e.words.slice(0, 45) + "…" : e.words, colour, 12, 28 + 15 * stacked++); pen.globalAlpha = 1;
  }
  if (world.count > 1 || state.mode === "orbit")
    for (let i = 0; i < world.count; i++) say(world.drone(t, i).position, world.count > 1 ? `drone_${i}` : "drone", colourOf(DRONE[i % DRONE.length]), 12, 14);
  for (const p of world.people(t)) if (here(p.position)) say(V.add(p.position, [0, 0, 1.2]), `${p.number}`, "#ffe0b0", 11, 6);
}

// The panel.
const colourOf = rgb => `rgb(${rgb.map(x => Math.round(255 * x)).join()})`;
function panel() {
  const s = DATA.score, box = $("terms");
  if (s) for (const term of s.terms) {
    const row = make("div", "term"), name = make("span", "", term.name), track = make("i", "track"), got = make("b", "");
    row.title = term.meaning; got.style.width = `${term.weight ? 100 * clamp(term.points / term.weight, 0, 1) : 0}%`;
    track.append(got); row.append(name, track, make("em", "", term.weight ? `${term.points.toFixed(1)} / ${term.weight.toFixed(0)}` : "–"));
    box.append(row);
  }
  DATA.events.forEach((e, i) => {
    const row = make("button", `event ${e.mood}`), worth = e.points;
    row.append(make("time", "", clock(e.time)), make("span", "", e.words), make("b", "", worth ? `${worth > 0 ? "+" : ""}${worth.toFixed(1)}` : ""));
    const who = world.count > 1 ? [e.drone < 0 ? "team" : `drone_${e.drone}`] : [], more = [...who, ...e.also];
    if (more.length) row.append(make("small", "", more.join(", ")));
    row.title = e.detail; row.onclick = () => jump(e.time); e.row = row; $("events").append(row);
  });
  DATA.calls.filter(c => c.help).forEach(c => {
    const row = make("button", "event " + (c.drone >= 0 ? "plain" : "dim"));
    row.append(make("time", "", clock(c.start)), make("span", "", `${c.kind} calls`), make("b", "", c.snr_db === null ? "not caught" : `${c.snr_db} dB`));
    row.onclick = () => jump(c.start); $("calls").append(row);
  });
  $("callbox").hidden = !DATA.calls.some(c => c.help);
  const people = world.people(0);
  people.forEach(p => $("people").append(make("tr", "")));
  $("peoplebox").hidden = !people.length;
  $("airbox").hidden = !world.tracks.air;
  const group = $("storeys");
  if (DATA.scene.storeys.length) ["auto", "all", ...DATA.scene.storeys.keys()].forEach(k => {
    const b = make("button", "", typeof k === "number" ? `${k + 1}F` : k); b.dataset.k = k;
    b.onclick = () => { state.storey = k; buttons(); }; group.append(b);
  });
}
function buttons() {
  for (const b of $("storeys").children) b.classList.toggle("on", b.dataset.k === String(state.storey));
  for (const name of ["orbit", "follow", "behind"]) $(name).classList.toggle("on", state.mode === name);
  $("top").classList.toggle("on", Boolean(state.top)); $("walls").classList.toggle("on", state.walls < 1);
  $("play").textContent = state.playing ? "❚❚" : "▶"; $("speed").textContent = `${state.speed}×`;
}
let current = -1, told = -1;
function panelNow() {
  let at = -1, points = DATA.base;
  DATA.events.forEach((e, i) => { if (e.time <= state.t + 1e-6) { at = i; points += e.points ?? 0; } });
  if (at !== current) {
    DATA.events[current]?.row.classList.remove("now"); current = at;
    const row = DATA.events[at]?.row;
    if (row) { row.classList.add("now"); $("events").scrollTop = row.offsetTop - $("events").clientHeight / 2; } else $("events").scrollTop = 0;
  }
  if (Math.abs(state.t - told) < .08 && state.playing) return;
  told = state.t;
  $("clock").textContent = `${clock(state.t)} / ${clock(END)}`;
  if (DATA.score) $("sofar").textContent = `${Math.max(points, 0).toFixed(1)} by now`;
  $("drones").replaceChildren(...Array.from({ length: world.count }, (_, i) => {
    const d = world.drone(state.t, i), row = make("div", "drone"), track = make("i", "track"), got = make("b", "");
    got.style.width = `${100 * d.charge}%`; got.style.background = d.charge < .2 ? "#ff8078" : colourOf(DRONE[i % DRONE.length]);
    track.append(got);
    row.append(make("span", "", `drone_${i}`), track, make("em", "", `${(100 * d.charge).toFixed(0)} %`),
      make("small", "", `height ${d.position[2].toFixed(1)} m, ${d.speed.toFixed(1)} m/s`));
    if (i === state.drone) row.classList.add("on");
    row.onclick = () => { state.drone = i; told = -1; buttons(); };
    return row;
  }));
  world.people(state.t).forEach((p, i) => {
    const row = $("people").children[i], dot = make("td", "");
    dot.append(make("i", "dot")); dot.firstChild.style.background = colourOf(personColour(p));
    row.replaceChildren(dot, make("td", "", `${p.number} ${p.kind.replaceAll("_", " ")}`), make("td", "", p.posture.replaceAll("_", " ")),
      make("td", "", (p.condition ?? "").replaceAll("_", " ")), make("td", "n", p.fed.toFixed(2)), make("td", "n", p.heat.toFixed(2)), make("td", "", p.tag ? `tag ${p.tag.replaceAll("_", " ")}` : p.hooded ? "hood" : ""));
  });
  if (world.tracks.air) {
    const watt = world.things("fuels", state.t, 1).reduce((a, b) => a + b[0], 0), air = world.air(state.t);
    const hottest = air.reduce((a, b) => b.upperK > a.upperK ? b : a);
    $("air").textContent = `fire ${(watt / 1000).toFixed(0)} kW; hottest air ${(hottest.upperK - 273.15).toFixed(0)} °C${hottest.room?.name ? ` (${hottest.room.name})` : ""}; ` +
      `densest smoke ${Math.max(...air.map(a => a.upper)).toFixed(2)} /m; CO up to ${(1e6 * Math.max(...air.map(a => a.co))).toFixed(0)} ppm`;
  }
  if (DATA.pictures.length) {
    const shots = DATA.pictures[Math.min(state.drone, DATA.pictures.length - 1)];
    const [i] = between(shots.times, state.t); $("shot").src = "data:image/jpeg;base64," + shots.jpeg[i];
  }
  timeline();
}
function timeline() {
  const ratio = Math.min(devicePixelRatio, 2), w = bar.clientWidth, h = bar.clientHeight, x = t => 8 + (w - 16) * t / (END || 1);
  bar.width = w * ratio; bar.height = h * ratio;
  const pen = bar.getContext("2d"); pen.scale(ratio, ratio);
  pen.fillStyle = "#2b323c"; pen.fillRect(8, h - 14, w - 16, 5);
  pen.fillStyle = "#5aa2ff"; pen.fillRect(8, h - 14, x(state.t) - 8, 5);
  for (const c of DATA.calls) {
    pen.fillStyle = !c.help ? "#566070" : c.drone >= 0 ? "#6fe3a0" : "#ffb35c";
    pen.fillRect(x(c.start), c.help ? 4 : 9, Math.max(x(c.end) - x(c.start), 2), 4);
  }
  for (const e of DATA.events) { pen.fillStyle = { good: "#46c77f", bad: "#ff6f66", plain: "#8e99a8" }[e.mood]; pen.fillRect(x(e.time) - 1, 16, 2, h - 32); }
  pen.fillStyle = "#fff"; pen.beginPath(); pen.arc(x(state.t), h - 11.5, 6, 0, 7); pen.fill();
}
function jump(t) { state.t = clamp(t, 0, END); told = -1; }
function play() { if (!state.playing && state.t >= END) state.t = 0; state.playing = !state.playing; told = -1; buttons(); }
function faster(step) { state.speed = SPEEDS[clamp(SPEEDS.indexOf(state.speed) + step, 0, SPEEDS.length - 1)]; buttons(); }
function mode(name) { state.mode = name; if (name !== "orbit") { state.top = false; eye.far = Math.min(eye.far, 9); } buttons(); }
function top_() { state.top = !state.top; if (state.top) eye.yaw = -Math.PI / 2; if (state.mode === "behind") state.mode = "follow"; buttons(); }
function event(step) {
  const times = DATA.events.map(e => e.time), next = step > 0 ? times.find(t => t > state.t + .05) : times.findLast(t => t < state.t - .05);
  if (next !== undefined) jump(next);
}
const KEYS = {
  " ": play, ArrowRight: e => jump(state.t + (e.shiftKey ? 10 : 1)), ArrowLeft: e => jump(state.t - (e.shiftKey ? 10 : 1)),
  Home: () => jump(0), End: () => jump(END), "+": () => faster(1), "=": () => faster(1), "-": () => faster(-1), n: () => event(1), p: () => event(-1),
  f: () => mode("follow"), b: () => mode("behind"), o: () => { mode("orbit"); Object.assign(eye, home()); }, t: top_,
  d: () => { state.drone = (state.drone + 1) % world.count; told = -1; }, w: () => walls(), a: () => storey("auto"), 0: () => storey("all"),
};
function storey(k) { state.storey = k; buttons(); }
function walls() { state.walls = state.walls < 1 ? 1 : .22; buttons(); }
addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const number = +e.key - 1;
  if (number >= 0 && number < DATA.scene.storeys.length) storey(number); else if (KEYS[e.key]) KEYS[e.key](e); else return;
  e.preventDefault();
});
for (const [id, run] of Object.entries({ play, orbit: KEYS.o, follow: KEYS.f, behind: KEYS.b, top: top_, walls, slower: () => faster(-1), faster: () => faster(1) })) $(id).onclick = run;
let grip = null;
canvas.onpointerdown = e => { grip = [e.clientX, e.clientY, e.button || e.shiftKey]; canvas.setPointerCapture(e.pointerId); };
canvas.onpointerup = () => { grip = null; };
canvas.onpointermove = e => {
  if (!grip) return;
  const dx = e.clientX - grip[0], dy = e.clientY - grip[1]; grip[0] = e.clientX; grip[1] = e.clientY;
  if (grip[2]) {
    if (state.mode !== "orbit") { state.mode = "orbit"; buttons(); }
    const s = eye.far / canvas.clientHeight, side = [-Math.sin(eye.yaw), Math.cos(eye.yaw), 0], ahead = [-Math.cos(eye.yaw), -Math.sin(eye.yaw), 0];
    eye.at = V.add(V.add(eye.at, side, -dx * s), ahead, dy * s);
  } else { eye.yaw -= dx * .006; eye.pitch = clamp(eye.pitch + dy * .005, -.2, 1.55); }
};
canvas.oncontextmenu = e => e.preventDefault();
canvas.addEventListener("wheel", e => { eye.far = clamp(eye.far * Math.exp(e.deltaY * .001), .6, 400); e.preventDefault(); }, { passive: false });
bar.onpointerdown = bar.onpointermove = e => {
  if (!e.buttons) return;
  if (e.type === "pointerdown") bar.setPointerCapture(e.pointerId);
  jump(END * (e.clientX - bar.getBoundingClientRect().left - 8) / (bar.clientWidth - 16));
};
let last = 0;
function frame(now) {
  if (state.playing) {
    state.t += Math.min((now - last) / 1000, .2) * state.speed;
    if (state.t >= END) { state.t = END; state.playing = false; buttons(); }
  }
  last = now; draw(); panelNow(); requestAnimationFrame(frame);
}
// An address such as 0000.html#t=12&mode=follow&top opens there.
const wish = new URLSearchParams(location.hash.slice(1));
if (wish.has("t")) state.t = clamp(+wish.get("t"), 0, END);
if (["follow", "behind"].includes(wish.get("mode"))) mode(wish.get("mode"));
if (wish.has("top")) top_();
if (wish.has("far")) eye.far = +wish.get("far");
if (wish.has("storey")) state.storey = wish.get("storey") === "all" ? "all" : +wish.get("storey") - 1;
if (wish.has("walls")) walls();
panel(); buttons(); requestAnimationFrame(frame);
