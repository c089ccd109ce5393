// What was chosen in the picture, in full, at the foot of the column: a task with its log, an instance, a service.
import { h, say } from "./dom.js";
import { groupDetails, instanceDetails, serviceDetails, taskDetails } from "./facts.js";
import { heard } from "./live.js";

const KINDS = { task: taskDetails, instance: instanceDetails, group: groupDetails, service: serviceDetails };

export function mountDetails(shared) {
  const title = h("h2", { id: "details-title", tabindex: "-1" });
  const body = h("div", { class: "details-body" });
  const close = h("button", { type: "button", class: "quiet", "aria-label": "Close the details" }, "✕");
  const element = h("aside", { class: "details", "aria-labelledby": "details-title", hidden: true, "data-part": "cluster" },
    h("header", {}, title, close), body);
  const open = opening({ element, title, body, shared });
  close.addEventListener("click", () => open(null));
  element.addEventListener("keydown", (event) => event.key === "Escape" && open(null));
  return { element, open };
}

// open(kind, id) shows it and keeps it up to date; open(null) closes and gives the cursor back.
function opening(view) {
  let shown = null;
  let opener = null;
  heard.addEventListener("cluster", () => shown && refresh());
  const refresh = () => {
    const words = shown.update();
    say(view.title, words);
  };
  return (kind, id) => {
    shown?.end?.();
    shown = null;
    view.element.hidden = kind === null;
    if (kind === null) return opener?.focus();
    opener = document.activeElement;
    view.body.replaceChildren();
    shown = KINDS[kind](view.body, id, view.shared);
    refresh();
    view.body.scrollTop = 0;
    return view.title.focus({ preventScroll: true });
  };
}
