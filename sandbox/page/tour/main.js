// The guided first minute: points at the real thing, sees by itself when a step is done, and can be put away.
import { h, say } from "../ecs/dom.js";
import { heard, service } from "../ecs/live.js";
import { happened } from "../shared.js";
import { place } from "./ring.js";
import { STEPS } from "./steps.js";

const KEPT = "tour";
const LOOK = 300;   // ms between two looks at where the pointed-at element is, while the tour is open

export function mount(root, shared) {
  const state = { step: 0, good: "v43", prod: "v43", open: true, ...remembered() };
  const view = makeView(root);
  const again = h("button", { type: "button", class: "quiet", id: "tour-open" }, "Guide");
  const tour = { state, view, shared, timer: 0 };
  again.addEventListener("click", () => start(tour));
  view.close.addEventListener("click", () => shut(tour, again));
  view.next.addEventListener("click", () => advance(tour, again));
  view.type.addEventListener("click", () => typeIt(tour));
  view.card.addEventListener("keydown", (event) => event.key === "Escape" && shut(tour, again));
  heard.addEventListener("cluster", () => notice(tour));
  happened.addEventListener("message", (event) => notice(tour, event.detail.message));
  happened.addEventListener("person", () => notice(tour));
  forgetOldWorld(tour).then(() => {
    if (tour.state.open) show(tour);
    document.getElementById("tour-start").append(again);
  });
}

function makeView(root) {
  const view = {
    ring: h("div", { class: "tour-ring", hidden: true }),
    count: h("p", { class: "tour-count" }),
    title: h("h2", {}),
    text: h("p", {}),
    words: h("code", {}),
    type: h("button", { type: "button", class: "plain" }, "Type it for me"),
    next: h("button", { type: "button", class: "tour-next" }),
    close: h("button", { type: "button", class: "quiet", "aria-label": "Close the guide" }, "✕"),
  };
  const said = h("div", { "aria-live": "polite" }, view.title, view.text, view.words);
  view.card = h("aside", { class: "tour-card", "aria-label": "Guide", hidden: true }, view.close, view.count, said,
    h("div", { class: "tour-acts" }, view.type, view.next));
  root.append(view.ring, view.card);
  return view;
}

function remembered() {
  try { return JSON.parse(localStorage.getItem(KEPT)) ?? {}; } catch { return {}; }
}

const remember = (tour) => localStorage.setItem(KEPT, JSON.stringify(tour.state));

// Each start of the sandbox is a new world: where one was in the old one means nothing there.
async function forgetOldWorld(tour) {
  const answer = await fetch("/sandbox/page/world").catch(() => null);
  const { world } = answer?.ok ? await answer.json() : {};
  if (world !== tour.state.world) Object.assign(tour.state, { step: 0, world });
}

function start(tour) {
  Object.assign(tour.state, { step: 0, open: true });
  show(tour);
}

function shut(tour, again) {
  tour.state.open = false;
  remember(tour);
  tour.view.card.hidden = tour.view.ring.hidden = true;
  clearInterval(tour.timer);
  again.focus();
}

function show(tour) {
  const { state, view, shared } = tour;
  const step = STEPS[state.step];
  remember(tour);
  if (step.tab) shared.openTab(step.tab);
  if (step.tab === "chat") shared.openChannel(step.channel ?? "C0DEPLOYS");
  view.card.hidden = false;
  say(view.count, `Step ${state.step + 1} of ${STEPS.length}`);
  say(view.title, step.title);
  say(view.text, step.text());
  say(view.words, step.words?.(goodFor(step, state)) ?? "");
  view.words.hidden = view.type.hidden = !step.words;
  say(view.next, step.next ?? "Skip this step");
  view.next.className = step.next ? "tour-next" : "quiet";
  clearInterval(tour.timer);
  step.points?.()?.scrollIntoView({ block: "nearest" });
  const point = () => document.hidden || place(view.card, view.ring, step.points?.());
  point();
  tour.timer = setInterval(point, LOOK);
}

function typeIt(tour) {
  tour.shared.openTab("chat");
  const step = STEPS[tour.state.step];
  tour.shared.write(step.words(goodFor(step, tour.state)));
}

function advance(tour, again) {
  if (tour.state.step === STEPS.length - 1) return shut(tour, again);
  if (tour.state.step === 0) Object.assign(tour.state, { good: another(shop().tag), prod: another(shop(true).tag) });
  tour.state.step += 1;
  return show(tour);
}

const another = (tag) => (tag === "v43" ? "v42" : "v43");
const goodFor = (step, state) => (step.prod ? state.prod : state.good);

function shop(prod = false) {
  const found = prod ? service("prod", "shop-prod") : service("staging", "shop");
  const primary = found?.deployments.find((one) => one.status === "PRIMARY");
  return primary ?? { tag: "", state: "", failed: 0 };
}

function notice(tour, message) {
  const { state } = tour;
  const step = STEPS[state.step];
  if (!state.open || !step.done?.(shop(step.prod), goodFor(step, state), message)) return;
  state.step += 1;
  show(tour);
  notice(tour);
}
