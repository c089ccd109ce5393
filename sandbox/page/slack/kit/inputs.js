// The fields of forms: each answers a node and tells `field.choose` when the person has changed it.
import { h, newId } from "../dom.js";
import { textOf } from "../text/mrkdwn.js";
import { sameValue } from "./choices.js";
import { select } from "./select.js";

export function input(field) {
  const { type } = field.element;
  if (type.endsWith("_select")) return select(field);
  return (INPUTS[type] ?? unknown)(field);
}

const INPUTS = {
  plain_text_input: typed,
  number_input: typed,
  radio_buttons: (field) => choices(field, "radio"),
  checkboxes: (field) => choices(field, "checkbox"),
  datepicker: (field) => moment(field, "date", String, String),
  timepicker: (field) => moment(field, "time", String, String),
  datetimepicker: (field) =>
    moment(field, "datetime-local", localOf, (words) => Math.floor(new Date(words).getTime() / 1000)),
};

const unknown = ({ element }) =>
  h("p", { class: "refused-block" }, `Slack has no element called ${element.type} here.`);

function typed(field) {
  const { element } = field;
  const limits = {
    minlength: element.min_length,
    maxlength: element.max_length,
    placeholder: element.placeholder?.text,
  };
  const number =
    element.type === "number_input" ? { inputmode: element.is_decimal_allowed ? "decimal" : "numeric" } : {};
  const props = {
    class: "text-field",
    "aria-label": field.label,
    autocomplete: "off",
    value: field.value() ?? "",
    ...limits,
    ...number,
  };
  const node = element.multiline ? h("textarea", { rows: 4, ...props }) : h("input", { type: "text", ...props });
  const now = () => (node.value === "" ? null : node.value);
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  node.addEventListener("input", () => field.typing(now(), triggers.includes("on_character_entered")));
  node.addEventListener("change", () => field.typed(now()));
  node.addEventListener("keydown", (event) => {
    const meant = event.key === "Enter" && !event.isComposing && (!element.multiline || event.ctrlKey || event.metaKey);
    if (!meant) return;
    event.preventDefault();
    if (field.dispatches && triggers.includes("on_enter_pressed")) field.choose(now());
    else field.submit(now());
  });
  return node;
}

function choices(field, type) {
  const name = newId("choice");
  const list = type === "checkbox";
  const isOn = (option) =>
    list ? (field.value() ?? []).some((one) => sameValue(one, option)) : sameValue(field.value(), option);
  const boxes = field.element.options.map((option) => {
    const box = h("input", { type, name, checked: isOn(option) });
    box.addEventListener("change", () =>
      field.choose(list ? field.element.options.filter((_, at) => boxes[at].checked) : option),
    );
    return box;
  });
  return h(
    "div",
    { class: "choices", role: list ? "group" : "radiogroup", "aria-label": field.label },
    field.element.options.map((option, at) =>
      h(
        "label",
        {},
        boxes[at],
        h(
          "span",
          {},
          textOf(option.text),
          option.description && h("span", { class: "hint" }, textOf(option.description)),
        ),
      ),
    ),
  );
}

function moment(field, type, shown, sent) {
  const now = field.value();
  const node = h("input", {
    type,
    class: "text-field short",
    "aria-label": field.label,
    value: now === null ? "" : shown(now),
  });
  node.addEventListener("change", () => field.choose(node.value ? sent(node.value) : null));
  return node;
}

function localOf(seconds) {
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
