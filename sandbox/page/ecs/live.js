// What the sandbox tells of its world: the newest of each part, and whoever asked hears of changes.
//   "world" {speed, kinds, faults}   "slack" {faults}   "bot" {state, pid, reason}   "REGION/CLUSTER" a cluster
export const parts = new Map();
export const heard = new EventTarget();

const PATH = "/sandbox/live";
let socket = null;
let waiting = null;
let patience = 250;

export function listen() {
  document.addEventListener("visibilitychange", () => (document.hidden ? hush() : open()));
  open();
}

// Calls `hear(part)` now if it is known, and whenever it changes.
export function on(name, hear) {
  heard.addEventListener(name, () => hear(parts.get(name)));
  if (parts.has(name)) hear(parts.get(name));
}

export const clusters = () => [...parts].filter(([name]) => name.includes("/")).map(([, one]) => one);

export function service(cluster, name) {
  return clusters().find((one) => one.name === cluster)?.services.find((one) => one.name === name);
}

function open() {
  if (socket || document.hidden) return;
  clearTimeout(waiting);
  socket = new WebSocket(location.origin.replace(/^http/, "ws") + PATH);
  socket.addEventListener("open", () => { patience = 250; tell("connected"); });
  socket.addEventListener("message", (event) => take(JSON.parse(event.data)));
  socket.addEventListener("close", lost);
}

// A page nobody looks at asks nothing.
function hush() {
  socket?.removeEventListener("close", lost);
  socket?.close();
  socket = null;
}

function lost() {
  socket = null;
  tell("lost");
  waiting = setTimeout(open, patience);
  patience = Math.min(patience * 2, 4000);
}

function take({ part, is }) {
  parts.set(part, is);
  tell(part);
  if (part.includes("/")) tell("cluster");
}

const tell = (name) => heard.dispatchEvent(new Event(name));

// POSTs JSON; what went wrong comes back as an Error with the sandbox's own words.
export async function ask(path, body) {
  const answer = await fetch(path, { method: "POST", body: JSON.stringify(body) });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok || told.error) throw new Error(told.error ?? `the sandbox answered ${answer.status}`);
  return told;
}
