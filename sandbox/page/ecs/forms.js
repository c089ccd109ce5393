// Small things the panels are built of: a button that does something and says how it went, a select, a row.
import { h, say, set } from "./dom.js";
import { ask } from "./live.js";

export const ACT = "/sandbox/ecs/act";
export const FAULTS = "/sandbox/ecs/faults";
export const SLACK_FAULTS = "/sandbox/slack/faults";

// `body` is asked for at the click; `said` is where the outcome is told.
export function doing(words, path, body, said, kind = "plain") {
  const button = h("button", { type: "button", class: kind }, words);
  button.addEventListener("click", async () => {
    if (button.ariaBusy) return;   // not disabled: that would take the cursor away
    button.ariaBusy = "true";
    try {
      await ask(path, body());
      tell(said, "ok", `Done: ${words}.`);
    } catch (error) {
      tell(said, "error", error.message);
    }
    button.ariaBusy = null;
  });
  return button;
}

export function outcome() {
  return h("p", { class: "outcome", role: "status" });
}

export function tell(said, kind, words) {
  set(said, "data-kind", kind);
  say(said, words);
}

// A select whose options are only made anew when they differ, so that an open one is not closed by news.
export function choice(label, options = []) {
  const select = h("select", { "aria-label": label });
  const element = h("label", { class: "choice" }, h("span", {}, label), select);
  const offer = (wanted) => {
    const known = JSON.stringify(wanted);
    if (select.known === known) return;
    const { value } = select;
    select.known = known;
    select.replaceChildren(...wanted.map(({ value: each, words }) => h("option", { value: each }, words)));
    if (wanted.some((one) => one.value === value)) select.value = value;
  };
  offer(options);
  return Object.assign(element, { select, offer });
}

export function number(label, value, min, max) {
  const input = h("input", { type: "number", value, min, max, inputmode: "numeric" });
  return Object.assign(h("label", { class: "choice" }, h("span", {}, label), input), { input });
}

export const FAULT_WORDS = {
  fine: "starts and stays healthy", crash: "crashes on start", slow_start: "starts slowly (60–90 s)", oom: "runs out of memory",
  health: "fails its health check", elb_unhealthy: "fails the load balancer's check", pull: "image cannot be pulled",
  no_capacity: "finds no room", stuck: "never stops the old tasks", flaky_once: "fails once, then works",
};

export const faultOptions = (kinds) => kinds.map((kind) => ({ value: kind, words: FAULT_WORDS[kind] ?? kind }));
