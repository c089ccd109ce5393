// Tasks as chips in the box of their instance. A chip is made once and then only told what differs.
import { glyph, h, keyed, moves, say, set } from "./dom.js";
import { LOOKS, lookOf, revisionColour } from "./looks.js";

const DENSE = 5;             // with more chips in one box, all boxes of the cluster show theirs small
const MOVED_AT_MOST = 150;   // with more chips the picture changes at once: moving them all helps nobody

export function chip(task, open) {
  const sign = h("span", { class: "sign" });
  const parts = { sign, name: h("span", { class: "name" }), tag: h("span", { class: "tag" }) };
  const element = h("button", { type: "button", class: "task", "data-task": task.id, onclick: () => open("task", task.id) });
  element.append(sign, parts.name, parts.tag);
  return Object.assign(element, { parts });
}

export function updateChip(element, task) {
  const look = lookOf(task);
  if (element.dataset.look !== look) {
    element.dataset.look = look;
    element.parts.sign.replaceChildren(glyph(LOOKS[look].path));
  }
  if (element.known === task.revision + task.status + task.health) return;
  element.known = task.revision + task.status + task.health;
  say(element.parts.name, `${task.service}:${task.revision}`);
  say(element.parts.tag, task.tag);
  element.style.setProperty("--revision", revisionColour(task.revision));
  const health = task.health === "UNKNOWN" ? "" : `, ${task.health}`;
  set(element, "title", `${task.service}:${task.revision} (${task.tag}) ${task.status}${health}`);
  set(element, "aria-label", `Task of ${task.service}, revision ${task.revision}, image ${task.tag}, ${task.status}${health}, ${LOOKS[look].word}`);
}

// `box` is one instance's: `chips` holds them, `kept` knows them by task id. True when one came or went.
export function fill(box, tasks, open) {
  return keyed(box.chips, box.kept, tasks, (one) => one.id, (one) => chip(one, open), updateChip);
}

export const crowded = (groups) => Math.max(0, ...groups.map((tasks) => tasks.length)) > DENSE;

// Where the chips are now; afterwards `settle` lets each glide from there (first, last, invert, play).
export function places(root) {
  const chips = moves() ? root.querySelectorAll(".task") : [];
  if (chips.length > MOVED_AT_MOST) return null;
  return new Map([...chips].map((one) => [one, one.getBoundingClientRect()]));
}

export function settle(root, before) {
  if (!before || !moves()) return;
  const moved = [...root.querySelectorAll(".task")].map((one) => [one, before.get(one), one.getBoundingClientRect()]);
  for (const [element, from, to] of moved) {
    if (!from) element.animate([{ opacity: 0, transform: "translateY(-10px) scale(.9)" }, {}], { duration: 260, easing: "ease-out" });
    else if (from.x !== to.x || from.y !== to.y) glide(element, from.x - to.x, from.y - to.y);
  }
}

function glide(element, x, y) {
  element.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: 260, easing: "cubic-bezier(.2,.7,.2,1)" });
}
