// The log lines of one task, asked for once a second while somebody looks at them.
import { h } from "./dom.js";
import { clock } from "./looks.js";

const EVERY = 1000;

export function watchLog(body, where) {
  const lines = h("pre", { class: "log", tabindex: "0", "aria-label": "Log of the task" });
  const state = { lines, where, shown: 0, last: 0 };
  body.append(h("h3", {}, "Log, as CloudWatch has it"), lines);
  look(state);
  const timer = setInterval(() => document.hidden || look(state), EVERY);
  return { end: () => clearInterval(timer) };
}

async function look(state) {
  const answer = await fetch(`/sandbox/ecs/logs?${new URLSearchParams(state.where)}`).catch(() => null);
  if (!answer?.ok) return;
  const { lines } = await answer.json();
  if (!lines.length && !state.shown) state.lines.textContent = "Nothing written yet.";
  if (lines.length) append(state, lines);
}

// Only what is new is added; who has scrolled up stays where they are.
function append(state, lines) {
  if (!state.shown) state.lines.textContent = "";
  const fresh = lines.slice(Math.max(0, newAfter(state, lines)));
  if (!fresh.length) return;
  const box = state.lines;
  const below = box.scrollHeight - box.scrollTop - box.clientHeight < 8;
  box.append(...fresh.map((one) => `${clock(one.at)}  ${one.message}\n`));
  state.shown += fresh.length;
  state.last = lines.at(-1);
  if (below) box.scrollTop = box.scrollHeight;
}

function newAfter(state, lines) {
  if (!state.last) return 0;
  const at = lines.findLastIndex((one) => one.at === state.last.at && one.message === state.last.message);
  return at + 1;
}
