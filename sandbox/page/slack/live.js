// The feed: what happens in the workspace, in order, a few milliseconds of work at a time.
import { store, keep, forget, find, emit } from "./store.js";
import { notice } from "./toasts.js";

const KINDS = ["message", "changed", "ephemeral", "deleted", "view", "home", "toast", "refused", "reset"];
const BUDGET_MS = 8;

let source = null;
let queue = [];
let draining = false;

export function connect() {
  disconnect();
  const query = new URLSearchParams({ user: store.me, since: store.lastId, world: store.world });
  source = new EventSource(`/sandbox/page/feed?${query}`);
  source.onopen = () => setConnected(true);
  source.onerror = lost;
  for (const kind of KINDS) source.addEventListener(kind, (event) => take(kind, event));
}

export function disconnect() {
  source?.close();
  source = null;
  queue = [];
}

// A browser opens six connections to one address: a page that nobody looks at must not hold one.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) disconnect();
  else if (store.world) connect();
});
addEventListener("pagehide", disconnect);

function lost() {
  setConnected(false);
  const gone = source;
  if (gone?.readyState === EventSource.CLOSED)
    setTimeout(() => {
      if (source === gone) connect();
    }, 1000);
}

function setConnected(yes) {
  document.documentElement.toggleAttribute("data-offline", !yes);
}

function take(kind, event) {
  if (kind === "reset") return location.reload();
  queue.push({ kind, id: Number(event.lastEventId), data: JSON.parse(event.data) });
  if (!draining) {
    draining = true;
    requestAnimationFrame(drain);
  }
}

// A burst of hundreds of messages is spread over frames, so that typing and scrolling never wait for it.
function drain() {
  const deadline = performance.now() + BUDGET_MS;
  const batch = queue;
  let done = 0;
  while (done < batch.length && performance.now() < deadline) apply(batch[done++]);
  queue = queue === batch ? batch.slice(done) : queue;
  draining = queue.length > 0;
  emit("settled");
  if (draining) requestAnimationFrame(drain);
}

function apply({ kind, id, data }) {
  store.lastId = id;
  if (kind === "toast" || kind === "refused") return notice(kind, data);
  if (kind === "view" || kind === "home") return emit(kind, data);
  if (kind === "deleted" || !data.message) return gone(data);
  const isNew = keep(data.message);
  emit("message", { kind, isNew, message: data.message });
}

function gone(data) {
  if (!find(data.channel_id, data.ts)) return;
  forget(data.channel_id, data.ts);
  emit("deleted", data);
}
