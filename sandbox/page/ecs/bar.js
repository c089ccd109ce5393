// Above both parts: is the bot well, how fast does time run, and which part is shown.
import { h, say, set } from "./dom.js";
import { ask, heard, on } from "./live.js";

const WORDS = {
  running: "running", starting: "starting…", unhealthy: "not well", killed: "killed", ended: "ended", off: "not started",
};

export function mountBar(root, shared) {
  const lost = h("p", { class: "lost", role: "status" });
  heard.addEventListener("lost", () => say(lost, "The sandbox does not answer. Trying again…"));
  heard.addEventListener("connected", () => say(lost, ""));
  return h("div", { class: "ecs-bar" }, sides(root), botState(shared), speed(shared), lost);
}

// On a desktop the column shows one of its two parts; on a phone the page's own tabs choose.
function sides(root) {
  const button = (side, words) => h("button", {
    type: "button", "aria-pressed": String(side === "cluster"), "data-side": side, onclick: () => choose(side),
  }, words);
  const buttons = [button("cluster", "Cluster"), button("controls", "Controls")];
  const choose = (side) => {
    root.dataset.side = side;
    for (const one of buttons) set(one, "aria-pressed", String(one.dataset.side === side));
  };
  return h("div", { class: "sides", role: "group", "aria-label": "What this column shows" }, buttons);
}

function botState(shared) {
  const words = h("span", { class: "bot-words" });
  const pid = h("span", { class: "pid" });
  const act = h("button", { type: "button", class: "plain", id: "bot-act" });
  const element = h("div", { class: "bot", id: "bot", role: "group", "aria-label": "The bot's process" }, h("i", { class: "lamp" }), h("span", {}, words, pid), act);
  on("bot", (bot) => bot && showBot(element, { words, pid, act }, bot));
  act.addEventListener("click", () => {
    if (act.ariaBusy) return;
    act.ariaBusy = "true";
    ask("/sandbox/bot", { act: act.dataset.act })
      .catch((error) => shared.toast("The bot", error.message))
      .finally(() => { act.ariaBusy = null; });
  });
  return element;
}

function showBot(element, { words, pid, act }, bot) {
  set(element, "data-state", bot.state);
  set(element, "title", bot.reason || (bot.pid ? `The bot's process ${bot.pid}` : "The bot does not run"));
  say(words, `Bot ${WORDS[bot.state]}`);
  say(pid, bot.pid ? ` · ${bot.pid}` : "");
  set(act, "data-act", bot.pid ? "kill" : "start");
  say(act, bot.pid ? "kill -9" : "Start");
}

// The slider moves at once; AWS hears of it when it rests.
function speed(shared) {
  const slider = h("input", { type: "range", id: "speed", min: 1, max: 30, step: 1, value: 1 });
  const shown = h("output", { for: "speed" }, "×1");
  const show = () => { say(shown, `×${slider.value}`); set(slider, "aria-valuetext", `${slider.value} times as fast`); };
  slider.addEventListener("input", show);
  slider.addEventListener("change", () => {
    ask("/sandbox/ecs/speed", { speed: Number(slider.value) }).catch((error) => shared.toast("Speed", error.message));
  });
  on("world", (world) => {
    if (world && document.activeElement !== slider) { slider.value = world.speed; show(); }
  });
  return h("label", { class: "speed", title: "How much faster than in real life rollouts run" }, h("span", { class: "sr-only" }, "Speed"), slider, shown);
}
