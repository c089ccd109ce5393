// Where a person writes: messages, and slash commands with what could come next.
import { act } from "./api.js";
import { complete } from "./completion.js";
import { h, newId } from "./dom.js";
import { icon } from "./icons.js";
import { on, store } from "./store.js";
import { toast } from "./toasts.js";

const sent = []; // what was sent from this page, oldest first, for the up key
const drafts = new Map();

// `where()` answers {channel, thread_ts, name}; `done` is told after sending.
export function composer({ where, id = newId("composer"), done = () => {} }) {
  const list = h("ul", {
    role: "listbox",
    id: newId("choices"),
    class: "choices-list",
    "aria-label": "What could come next",
    hidden: true,
  });
  const usage = h("div", { class: "usage", hidden: true });
  const area = h("textarea", {
    id,
    rows: 1,
    class: "composer-text",
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
    autocomplete: "off",
    spellcheck: "false",
    enterkeyhint: "send",
    disabled: true,
  });
  const send = h(
    "button",
    { type: "submit", class: "send", "aria-label": "Send", title: "Send (Enter)" },
    icon("send"),
  );
  const slash = h(
    "button",
    { type: "button", class: "quiet slash", "aria-label": "Type a slash command", title: "/tinystacks" },
    "/",
  );
  const shortcut = where().thread_ts ? null : shortcutButton();
  const box = h("div", { class: "composer-box" }, slash, shortcut, area, send);
  const form = h("form", { class: "composer" }, list, usage, box);
  const state = { form, list, usage, area, where, done, choices: [], active: -1, from: 0, past: 0 };
  area.addEventListener("input", () => update(state));
  area.addEventListener("keydown", (event) => key(event, state));
  area.addEventListener("blur", () => hide(state));
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  slash.addEventListener("click", () => write(state, area.value || "/tinystacks "));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(state);
  });
  if (!where().thread_ts) on("person", () => enter(state));
  return { form, write: (words) => write(state, words), enter: () => enter(state), focus: () => area.focus() };
}

// The app's global shortcut, as manifest.yml names it.
function shortcutButton() {
  const button = h(
    "button",
    { type: "button", class: "quiet shortcut", "aria-label": "Shortcut: Deploy…", title: "Shortcut: Deploy…" },
    icon("bolt"),
  );
  button.addEventListener("click", async () => {
    try {
      await act("shortcut", { user: store.me, callback_id: "deploy" });
    } catch (error) {
      toast("That did not reach the bot", error.message);
    }
  });
  return button;
}

const draftKey = ({ channel, thread_ts: thread }) => `${store.me} ${channel} ${thread ?? ""}`;

// Another channel or person: another draft.
function enter(state) {
  const { name, ...place } = state.where();
  state.area.disabled = false; // from now on it is known where the words go
  state.area.placeholder = `Message ${name}`;
  state.area.setAttribute("aria-label", `Message ${name}`);
  state.area.value = drafts.get(draftKey(place)) ?? "";
  hide(state);
  grow(state);
}

function write(state, words) {
  state.area.value = words;
  state.area.focus();
  state.area.setSelectionRange(words.length, words.length);
  update(state);
}

function grow({ area }) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 200)}px`;
}

function update(state) {
  grow(state);
  drafts.set(draftKey(state.where()), state.area.value);
  const words = state.area.value.slice(0, state.area.selectionStart);
  const { choices, from, usage } = complete(words, known());
  const typed = words.slice(from);
  const isDone = choices.length === 1 && choices[0].insert === typed;
  Object.assign(state, {
    choices: isDone ? [] : choices.slice(0, 30),
    from,
    active: typed && !isDone && choices.length ? 0 : -1,
  });
  drawUsage(state, usage);
  drawChoices(state);
}

function known() {
  const people = [...store.users.values()]
    .filter((user) => !user.deleted)
    .map((user) => ({ name: user.name, detail: user.real_name }));
  const groups = [...store.groups.values()].map((group) => ({
    name: group.handle,
    detail: `${group.users.length} people`,
  }));
  const channels = [...store.channels.values()].filter((channel) => !channel.is_im).map((channel) => channel.name);
  return { stacks: store.stacks, people: [...people, ...groups], channels };
}

function drawUsage({ usage }, words) {
  usage.hidden = !words;
  usage.replaceChildren(
    ...(words ?? []).map(({ word, current }) => h("span", { class: current ? "current" : "" }, word)),
  );
}

function drawChoices(state) {
  const { list, choices, area } = state;
  list.hidden = choices.length === 0;
  area.setAttribute("aria-expanded", String(choices.length > 0));
  list.replaceChildren(
    ...choices.map((choice, at) => {
      const node = h(
        "li",
        { role: "option", id: `${list.id}-${at}`, "aria-selected": String(at === state.active) },
        h("strong", {}, choice.label),
        choice.detail && h("span", { class: "detail" }, choice.detail),
      );
      node.addEventListener("click", () => accept(state, at));
      return node;
    }),
  );
  const node = list.children[state.active];
  if (node) area.setAttribute("aria-activedescendant", node.id);
  else area.removeAttribute("aria-activedescendant");
  node?.scrollIntoView({ block: "nearest" });
}

function hide(state) {
  state.choices = [];
  state.active = -1;
  drawChoices(state);
  drawUsage(state, null);
}

function accept(state, at) {
  const { area, from, choices } = state;
  const rest = area.value.slice(area.selectionStart);
  write(state, `${area.value.slice(0, from)}${choices[at].insert} ${rest.trimStart()}`);
}

function key(event, state) {
  if (event.isComposing) return;
  if (state.choices.length && listKey(event, state)) return event.preventDefault();
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    state.form.requestSubmit();
  } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && recall(event, state)) {
    event.preventDefault();
  }
}

// True if the key meant the list. Enter takes a choice only where something was typed of it or it was walked to.
function listKey(event, state) {
  const count = state.choices.length;
  if (event.key === "ArrowDown") state.active = (state.active + 1) % count;
  else if (event.key === "ArrowUp") state.active = (state.active - 1 + count) % count;
  else if (event.key === "Escape") hide(state);
  else if (event.key === "Tab" && !event.shiftKey) accept(state, Math.max(0, state.active));
  else if (event.key === "Enter" && !event.shiftKey && state.active >= 0 && !isExact(state))
    accept(state, state.active);
  else return false;
  if (event.key.startsWith("Arrow")) drawChoices(state);
  return true;
}

function isExact({ area, from, choices, active }) {
  return choices[active].insert.toLowerCase() === area.value.slice(from, area.selectionStart).toLowerCase();
}

function recall(event, state) {
  const step = event.key === "ArrowUp" ? 1 : -1;
  const isEmpty = state.area.value === "" || state.area.value === sent.at(-state.past);
  const next = state.past + step;
  if (!isEmpty || next < 0 || next > sent.length) return false;
  state.past = next;
  state.area.value = next ? sent.at(-next) : "";
  grow(state);
  return true;
}

async function submit(state) {
  const words = state.area.value.trim();
  if (!words) return;
  const { channel, thread_ts } = state.where();
  sent.push(words);
  Object.assign(state, { past: 0 });
  state.area.value = "";
  drafts.delete(draftKey({ channel, thread_ts }));
  hide(state);
  grow(state);
  state.done();
  try {
    await act("type", { user: store.me, channel, text: words, thread_ts });
  } catch (error) {
    toast("That was not sent", `${error.message} Press ↑ to have the words back.`);
  }
}
