// A list of messages that only ever draws what changed: the newest at first, older ones when somebody scrolls up.
import { h } from "./dom.js";
import { dress, messageNode, refreshThreadButton, signature } from "./message.js";
import { store } from "./store.js";

const FIRST = 12; // what a screen shows; the rest of the first page follows in the next frames
const PAGE = 50;
const STEP = 6;
const MOST = 240; // drawn while reading the end; older ones go and come back when scrolled to
const NEAR = 120;

export function messageList(scroller, label, options = {}) {
  const list = h("div", { class: "messages", role: "log", "aria-label": label, "aria-relevant": "additions" });
  const state = { scroller, list, options, older: [], shown: [], nodes: new Map(), stuck: true };
  scroller.append(list);
  scroller.addEventListener("scroll", () => scrolled(state), { passive: true });
  new ResizeObserver(() => state.stuck && toEnd(state)).observe(list);
  return {
    open: (messages, newSince) => open(state, messages, newSince),
    put: (message) => put(state, message),
    remove: (ts) => remove(state, ts),
    touchThread: (message) =>
      state.nodes.has(message.ts) && refreshThreadButton(state.nodes.get(message.ts).node, message),
    show: (ts) => show(state, ts),
    toEnd: () => toEnd(state),
    atEnd: () => state.stuck,
    trim: () => trim(state),
  };
}

function open(state, messages, newSince) {
  state.list.replaceChildren();
  Object.assign(state, { shown: [], nodes: new Map(), stuck: true });
  state.older = messages.slice(0, -FIRST);
  state.firstNew = newSince && messages.find((message) => message.ts > newSince && message.user !== store.me)?.ts;
  for (const message of messages.slice(-FIRST)) add(state, message);
  toEnd(state);
  requestAnimationFrame(() => fillPage(state, state.nodes));
}

// A few in each frame, unless another channel was opened meanwhile.
function fillPage(state, nodes) {
  if (state.nodes !== nodes || state.shown.length >= PAGE || !state.older.length) return;
  showOlder(state, STEP);
  requestAnimationFrame(() => fillPage(state, nodes));
}

function toEnd(state) {
  state.stuck = true;
  state.scroller.scrollTop = state.scroller.scrollHeight;
}

// Brings one message into the middle and marks it for a moment.
function show(state, ts) {
  while (!state.nodes.has(ts) && state.older.length) showOlder(state, PAGE);
  const node = state.nodes.get(ts)?.node;
  if (!node) return;
  state.stuck = false;
  node.scrollIntoView({ block: "center" });
  node.classList.add("meant");
  node.addEventListener("animationend", () => node.classList.remove("meant"), { once: true });
}

function scrolled(state) {
  const { scroller } = state;
  state.stuck = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
  if (scroller.scrollTop < 3 * NEAR) showOlder(state, 4 * STEP);
  state.options.scrolled?.(state.stuck);
}

function showOlder(state, count) {
  const page = state.older.splice(-count);
  if (!page.length) return;
  const fromEnd = state.scroller.scrollHeight - state.scroller.scrollTop;
  const drawn = page.map((message) => make(state, message));
  state.list.prepend(...drawn.map((one) => one.node));
  state.shown.unshift(...page);
  page.forEach((message, at) => dress(drawn[at].node, message, page[at - 1]));
  const next = state.shown[page.length];
  if (next) dress(state.nodes.get(next.ts).node, next, page.at(-1));
  if (state.stuck) toEnd(state);
  else state.scroller.scrollTop = state.scroller.scrollHeight - fromEnd;
}

function make(state, message) {
  const made = { node: messageNode(message, state.options), words: signature(message) };
  if (message.ts === state.firstNew) made.node.classList.add("first-new");
  state.nodes.set(message.ts, made);
  return made;
}

function add(state, message) {
  const { node } = make(state, message);
  dress(node, message, state.shown.at(-1));
  state.shown.push(message);
  state.list.append(node);
  return node;
}

// Draws a new message at the end, or an edited one in its place.
function put(state, message) {
  const known = state.nodes.get(message.ts);
  if (known) return redraw(state, known, message);
  const hidden = state.older.findIndex((one) => one.ts === message.ts);
  if (hidden >= 0) return void (state.older[hidden] = message);
  add(state, message).classList.add("fresh");
}

function redraw(state, known, message) {
  if (known.words === signature(message)) return refreshThreadButton(known.node, message);
  const { node } = make(state, message);
  const at = state.shown.findIndex((one) => one.ts === message.ts);
  state.shown[at] = message;
  dress(node, message, state.shown[at - 1]);
  const focused = known.node.contains(document.activeElement) ? document.activeElement.dataset.actionId : null;
  known.node.replaceWith(node);
  if (focused)
    (node.querySelector(`[data-action-id="${CSS.escape(focused)}"]`) ?? node.querySelector("button"))?.focus({
      preventScroll: true,
    });
}

function remove(state, ts) {
  const known = state.nodes.get(ts);
  state.older = state.older.filter((one) => one.ts !== ts);
  if (!known) return;
  const at = state.shown.findIndex((one) => one.ts === ts);
  known.node.remove();
  state.nodes.delete(ts);
  state.shown.splice(at, 1);
  const next = state.shown[at];
  if (next) dress(state.nodes.get(next.ts).node, next, state.shown[at - 1]);
}

// A day of messages must not make the page heavy.
function trim(state) {
  if (!state.stuck || state.shown.length <= MOST) return;
  const gone = state.shown.splice(0, state.shown.length - MOST / 2);
  for (const message of gone) {
    state.nodes.get(message.ts).node.remove();
    state.nodes.delete(message.ts);
  }
  state.older.push(...gone);
  toEnd(state);
}
