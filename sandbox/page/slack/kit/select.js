// Selects: a button that shows the choice, and a searchable list that opens beside it.
import { h, newId } from "../dom.js";
import { icon } from "../icons.js";
import { hint, labelOf, sameValue, sourceOf } from "./choices.js";
import { isMulti } from "./values.js";
import { popup } from "./popup.js";

const SEARCH_PAUSE_MS = 200;

// `field` = {element, value(), choose(value), ask(words), label}: value is a list for multi selects.
export function select(field) {
  const button = h("button", { type: "button", class: "select", "aria-haspopup": "listbox", "aria-expanded": "false" });
  const show = () => caption(button, field);
  show();
  button.addEventListener("click", () => open(button, field, show));
  button.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      button.click();
    }
  });
  return button;
}

function caption(button, { element, value, label }) {
  const chosen = isMulti(element) ? (value() ?? []).map(labelOf).join(", ") : labelOf(value());
  const words = chosen || element.placeholder?.text || "Choose an option";
  button.replaceChildren(h("span", { class: chosen ? "chosen" : "placeholder" }, words), icon("down"));
  button.setAttribute("aria-label", label ? `${label}: ${words}` : words);
}

function open(button, field, show) {
  const list = h("ul", {
    role: "listbox",
    id: newId("list"),
    "aria-label": field.label || "Choices",
    "aria-multiselectable": isMulti(field.element) ? "true" : null,
  });
  const search = h("input", {
    type: "text",
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
    "aria-label": "Search",
    placeholder: "Search",
    autocomplete: "off",
  });
  const state = { button, field, show, list, search, active: 0, choices: [] };
  state.box = popup(button, [search, list], () => button.isConnected && button.focus());
  search.addEventListener(
    "input",
    debounced(() => find(state), field.element.type.endsWith("external_select") ? SEARCH_PAUSE_MS : 0),
  );
  search.addEventListener("keydown", (event) => steer(event, state));
  search.focus();
  find(state);
}

function debounced(run, pause) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, pause);
  };
}

async function find(state) {
  if (!state.list.isConnected) return;
  const words = state.search.value;
  state.list.setAttribute("aria-busy", "true");
  const waiting = setTimeout(() => note(state, "Searching…"), SEARCH_PAUSE_MS);
  state.trouble = "";
  const found = await Promise.resolve(sourceOf(state.field.element)(state.field.element, words, state.field.ask)).catch(
    (error) => void (state.trouble = error.message),
  );
  clearTimeout(waiting);
  if (words !== state.search.value) return;
  state.list.removeAttribute("aria-busy");
  state.listed = words;
  state.choices = found ?? [];
  state.active = Math.max(
    0,
    state.choices.findIndex((choice) => isChosen(state.field, choice)),
  );
  draw(state);
}

function isChosen({ element, value }, choice) {
  const now = value();
  return isMulti(element) ? (now ?? []).some((one) => sameValue(one, choice.value)) : sameValue(now, choice.value);
}

function draw(state) {
  const { choices, list, field } = state;
  let group = "";
  list.replaceChildren(
    ...choices.flatMap((choice, at) => {
      const heading =
        choice.group && choice.group !== group ? [h("li", { class: "group", role: "presentation" }, choice.group)] : [];
      group = choice.group;
      return [...heading, item(state, choice, at)];
    }),
  );
  if (!choices.length) return note(state, state.trouble || hint(field.element, state.search.value));
  activate(state, state.active);
  state.box.replace();
}

// In place of choices: why there are none.
function note(state, words) {
  state.list.replaceChildren(h("li", { class: "nothing", role: "option", "aria-disabled": "true" }, words));
  state.search.removeAttribute("aria-activedescendant");
  state.box.replace();
}

function item(state, choice, at) {
  const node = h(
    "li",
    { role: "option", id: `${state.list.id}-${at}`, "aria-selected": String(isChosen(state.field, choice)) },
    h("span", {}, choice.label),
    choice.detail && h("span", { class: "detail" }, choice.detail),
  );
  node.addEventListener("click", () => choose(state, at));
  return node;
}

function activate(state, at) {
  state.active = at;
  for (const node of state.list.querySelectorAll(".active")) node.classList.remove("active");
  const node = document.getElementById(`${state.list.id}-${at}`);
  if (!node) return state.search.removeAttribute("aria-activedescendant");
  node.classList.add("active");
  node.scrollIntoView({ block: "nearest" });
  state.search.setAttribute("aria-activedescendant", node.id);
}

function steer(event, state) {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  const count = state.choices.length;
  if (event.key === "Enter") {
    event.preventDefault();
    enter(state);
  } else if (event.key in steps && count) {
    event.preventDefault();
    activate(state, (state.active + steps[event.key] + count) % count);
  }
}

// What is listed may still be what was looked for a letter ago.
async function enter(state) {
  if (state.listed !== state.search.value) await find(state);
  if (state.listed === state.search.value && state.choices.length) choose(state, state.active);
}

function choose(state, at) {
  const { field, show, box } = state;
  const { value } = state.choices[at];
  if (!isMulti(field.element)) {
    box.close();
    field.choose(value);
    return show();
  }
  const now = field.value() ?? [];
  const without = now.filter((one) => !sameValue(one, value));
  field.choose(
    without.length < now.length ? without : [...now, value].slice(0, field.element.max_selected_items ?? 100),
  );
  show();
  state.active = at;
  draw(state);
}
