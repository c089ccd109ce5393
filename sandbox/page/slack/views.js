// Drawing a view's blocks so that those that stayed the same stay as they are, with focus and cursor in them.
import { blocks } from "./kit/blocks.js";

const drawn = new WeakMap(); // container -> Map of block_id -> {words, node}

// `mark(block)`: what else a block's looks depend on, such as its error.
export function drawBlocks(container, list, place, mark = () => "") {
  const before = drawn.get(container) ?? new Map();
  const after = new Map();
  const focused = container.contains(document.activeElement) ? document.activeElement.dataset.press : null;
  for (const block of list) {
    const words = JSON.stringify(block) + mark(block);
    const kept = before.get(block.block_id);
    after.set(block.block_id, kept?.words === words ? kept : { words, node: blocks([block], place)[0] });
  }
  drawn.set(container, after);
  arrange(
    container,
    [...after.values()].map((one) => one.node),
  );
  if (focused) refocus(container, focused);
}

// Moves only what is not in its place: moving a node takes its focus away.
function arrange(container, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...container.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, at) => {
    if (container.children[at] !== node) container.insertBefore(node, container.children[at] ?? null);
  });
}

function refocus(container, name) {
  if (container.contains(document.activeElement)) return;
  container.querySelector(`[data-press="${CSS.escape(name)}"]`)?.focus();
}
