// Interactive elements outside input blocks: whatever is done with them goes to the app at once.
import { h, newId, safeUrl } from "../dom.js";
import { textOf } from "../text/mrkdwn.js";
import { withEmoji } from "../text/emoji.js";
import { icon } from "../icons.js";
import { image } from "./image.js";
import { input } from "./inputs.js";
import { menu } from "./popup.js";
import { press, pressable } from "./press.js";
import { entryOf, fieldOf } from "./values.js";

// `place` is where the element stands: {key, entry(), change(), act(), suggest(), submit()}.
export function element(one, block, place, label = "") {
  return (ELEMENTS[one.type] ?? field)(one, block, place, label);
}

const ELEMENTS = {
  button,
  overflow,
  image: (one) => image(one, "accessory"),
  feedback_buttons: feedback,
  icon_button: iconButton,
};

function button(one, block, place) {
  const act = () => {
    if (one.url && safeUrl(one.url)) open(one.url, "_blank", "noopener");
    return place.act(block, one);
  };
  const props = { type: "button", class: `bk-button ${one.style ?? ""}`, "aria-label": one.accessibility_label };
  const node = h("button", props, h("span", { class: "bk-label" }, textOf(one.text)));
  node.addEventListener("click", () => press(place, block, one, act));
  return pressable(node, place, block, one);
}

function overflow(one, block, place) {
  const node = h(
    "button",
    {
      type: "button",
      class: "bk-button overflow",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    },
    "⋯",
  );
  const entries = () =>
    one.options.map((option) => ({
      text: withEmoji(option.text.text),
      choose: () => press(place, block, one, () => place.change(block, one, entryOf(one, option))),
    }));
  node.addEventListener("click", () => menu(node, entries(), "More actions"));
  return pressable(node, place, block, one);
}

function feedback(one, block, place) {
  const each = [
    [false, one.positive_button],
    [true, one.negative_button],
  ].map(([turned, choice]) => {
    const node = h(
      "button",
      { type: "button", class: "bk-button", "aria-label": choice.text.text, title: choice.text.text },
      icon("up", turned),
    );
    node.addEventListener("click", () => press(place, block, one, () => place.act(block, one)));
    return node;
  });
  return h("span", {}, each);
}

function iconButton(one, block, place) {
  const node = h(
    "button",
    { type: "button", class: "bk-button", "aria-label": one.text.text, title: one.text.text },
    icon("trash"),
  );
  node.addEventListener("click", () => press(place, block, one, () => place.act(block, one)));
  return pressable(node, place, block, one);
}

// Everything that holds a value. In an input block `label` is its label; elsewhere its placeholder names it.
export function field(one, block, place, label = "") {
  const id = newId("field");
  const send = (value) => press(place, block, one, () => place.change(block, one, entryOf(one, value)));
  const node = input({
    element: one,
    label,
    dispatches: block.type !== "input" || Boolean(block.dispatch_action),
    value: () => place.entry(block, one)[fieldOf(one)] ?? null,
    choose: send,
    typing: (value, sends) => place.typing(block, one, entryOf(one, value), sends),
    typed: (value) => place.typed(block, one, entryOf(one, value)),
    submit: (value) => place.submit?.(block, one, entryOf(one, value)),
    ask: (words) => place.suggest(block, one, words),
  });
  node.id ||= id;
  return pressable(node, place, block, one);
}
