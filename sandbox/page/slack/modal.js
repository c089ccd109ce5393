// Modals: the stack the app opened for this person, the top one shown, what is typed kept through every update.
import { act, look } from "./api.js";
import { h, newId } from "./dom.js";
import { icon } from "./icons.js";
import { on, store } from "./store.js";
import { tell } from "../shared.js";
import { textOf } from "./text/mrkdwn.js";
import { drawBlocks } from "./views.js";
import { viewPlace } from "./places.js";
import { toast } from "./toasts.js";

const TROUBLE = "We had some trouble connecting. Try again?";

let stack = [];
let shown = null; // {id, dialog, body, place, …} of the view on screen
const errors = new Map(); // view id -> {block_id: words}

export function mountModals() {
  on("view", refresh);
  on("person", refresh);
}

// Answers may overtake each other: only the last one asked for counts.
let asked = 0;

export async function refresh() {
  const turn = (asked += 1);
  const { views } = await look("view", { user: store.me });
  if (turn !== asked) return;
  stack = views;
  show();
  tell("view", { views: stack });
}

const top = () => stack.at(-1);

function show() {
  const view = top();
  if (!view) return remove();
  if (shown?.id !== view.id) open(view);
  draw();
}

function remove() {
  const used = shown?.body.contains(document.activeElement) && document.activeElement.dataset.press;
  if (used) left.set(shown.id, used);
  shown?.dialog.remove();
  shown = null;
}

function open(view) {
  remove();
  const id = newId("modal");
  const parts = {
    title: h("h2", { id }),
    body: h("div", { class: "modal-body", tabindex: "-1" }),
    footer: h("footer"),
    trouble: h("p", { class: "error", role: "alert" }),
  };
  const way = (label, sign, all) =>
    h("button", { type: "button", class: "quiet", "aria-label": label, onclick: () => close(all) }, icon(sign));
  const form = h(
    "form",
    { novalidate: true },
    h("header", {}, stack.length > 1 && way("Back", "back", false), parts.title, way("Close", "close", true)),
    h("div", { class: "progress", "aria-hidden": "true" }),
    parts.body,
    parts.trouble,
    parts.footer,
  );
  const dialog = h("dialog", { class: "modal", "aria-labelledby": id }, form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  document.body.append(dialog);
  const place = viewPlace(() => top() ?? view, { error: (block) => errors.get(view.id)?.[block.block_id], submit });
  shown = { id: view.id, dialog, place, ...parts };
  draw();
  dialog.showModal();
  (lastUsed(parts.body, view) ?? firstField(parts.body))?.focus();
}

const firstField = (body) => body.querySelector(".bk-input :is(input, textarea, button)");

// Coming back from the view above, the cursor is where it was left.
const left = new Map(); // view id -> the name of the element
const lastUsed = (body, view) => body.querySelector(`[data-press="${CSS.escape(left.get(view.id) ?? "")}"]`);

function draw() {
  const view = top();
  const { title, body, footer, place } = shown;
  title.replaceChildren(...textOf(view.title));
  drawBlocks(body, view.blocks, place, (block) => place.error(block) ?? "");
  const signature = JSON.stringify([view.close, view.submit]);
  if (footer.dataset.words === signature) return;
  footer.dataset.words = signature;
  footer.replaceChildren(
    h("button", { type: "button", class: "bk-button", onclick: () => close() }, view.close ? textOf(view.close) : "Close"),
    view.submit
      ? h(
          "button",
          { type: "submit", class: "bk-button primary", disabled: Boolean(view.submit_disabled) },
          h("span", { class: "bk-label" }, textOf(view.submit)),
        )
      : "",
  );
}

async function close(all = false) {
  const view = top();
  if (!view) return;
  await attempt(() => act("view/close", { user: store.me, all: all || Boolean(view.clear_on_close) }));
  await refresh();
}

async function submit() {
  const { id, place, footer, dialog, trouble } = shown;
  const button = footer.querySelector("[type=submit]");
  if (!button || button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  dialog.classList.add("loading");
  trouble.textContent = "";
  await place.settled();
  const answer = await attempt(() => act("view/submit", { user: store.me, values: place.values() }));
  button.removeAttribute("aria-busy");
  dialog.classList.remove("loading");
  if (answer) follow(id, answer, trouble);
}

function follow(viewId, answer, trouble) {
  errors.set(viewId, answer.errors ?? {});
  if (answer.error && answer.error !== "required") trouble.textContent = `${TROUBLE} (${answer.error})`;
  if (Object.keys(answer.errors ?? {}).length === 0) return refresh();
  draw();
  shown.body.querySelector(".wrong :is(input, textarea, button)")?.focus();
}

async function attempt(run) {
  try {
    return await run();
  } catch (error) {
    toast("That form is no longer open", error.message);
    await refresh();
    return null;
  }
}
