// Doing something with an element: asked first if it wants that, seen to be pressed until the app has answered.
import { confirmed } from "./confirm.js";
import { keyOf } from "./values.js";
import { toast } from "../toasts.js";

const pending = new Set();
const nameOf = (place, block, element) => `${place.key} ${keyOf(block, element)}`;

// Marks a fresh node as this element's, still pressed if the answer is on its way.
export function pressable(node, place, block, element) {
  node.dataset.press = nameOf(place, block, element);
  node.dataset.actionId = element.action_id;
  show(node, pending.has(node.dataset.press));
  return node;
}

export async function press(place, block, element, run) {
  const name = nameOf(place, block, element);
  if (pending.has(name) || (element.confirm && !(await confirmed(element.confirm)))) return;
  mark(name, true);
  try {
    await run();
  } catch (error) {
    toast("That did not reach the app", error.message);
  } finally {
    mark(name, false);
  }
}

function mark(name, yes) {
  if (yes) pending.add(name);
  else pending.delete(name);
  for (const node of document.querySelectorAll(`[data-press="${CSS.escape(name)}"]`)) show(node, yes);
}

function show(node, yes) {
  if (yes) node.setAttribute("aria-busy", "true");
  else node.removeAttribute("aria-busy");
}
