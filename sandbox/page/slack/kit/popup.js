// A box in the top layer beside what opened it: lists of selects and menus, above modals too.
import { h } from "../dom.js";

const GAP = 4;
const EDGE = 8;

// Closes by Escape, by a click elsewhere or by the function this returns; `closed` is told afterwards.
export function popup(anchor, content, closed = () => {}) {
  const box = h("div", { class: "popup", popover: "auto" }, content);
  anchor.after(box);
  box.showPopover();
  place(box, anchor);
  anchor.setAttribute("aria-expanded", "true");
  const close = () => box.isConnected && box.hidePopover();
  box.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    box.remove();
    anchor.setAttribute("aria-expanded", "false");
    closed();
  });
  return { close, replace: () => place(box, anchor) };
}

function place(box, anchor) {
  const at = anchor.getBoundingClientRect();
  box.style.minWidth = `${Math.min(at.width, innerWidth - 2 * EDGE)}px`;
  const size = box.getBoundingClientRect();
  const below = innerHeight - at.bottom - EDGE;
  const top = size.height <= below || below >= at.top ? at.bottom + GAP : at.top - GAP - size.height;
  box.style.top = `${Math.max(EDGE, top)}px`;
  box.style.left = `${Math.max(EDGE, Math.min(at.left, innerWidth - size.width - EDGE))}px`;
}

// A menu of buttons: [{label, chosen}]; arrows move, as in every menu.
export function menu(anchor, entries, label) {
  const items = entries.map(({ text, choose }) =>
    h(
      "button",
      {
        type: "button",
        role: "menuitem",
        tabindex: "-1",
        onclick: () => {
          close();
          choose();
        },
      },
      text,
    ),
  );
  const list = h("div", { role: "menu", "aria-label": label, class: "menu" }, items);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  });
  const { close } = popup(anchor, list, () => anchor.isConnected && anchor.focus());
  items[0]?.focus();
}
