// Block Kit as Slack draws it. What the sandbox accepts is drawn; anything else says that Slack would refuse it.
import { h, newId } from "../dom.js";
import { markdown } from "../text/markdown.js";
import { mrkdwn, textOf } from "../text/mrkdwn.js";
import { richText } from "../text/rich_text.js";
import { element, field } from "./elements.js";
import { image } from "./image.js";

export function blocks(list, place) {
  return list.map((block) => {
    const node = (BLOCKS[block.type] ?? refused)(block, place);
    node.dataset.blockId = block.block_id ?? "";
    return node;
  });
}

const BLOCKS = {
  section,
  context,
  input,
  table,
  header: (block) => h("h3", { class: "bk-header" }, textOf(block.text)),
  divider: () => h("hr", { class: "bk-divider" }),
  actions: (block, place) =>
    h(
      "div",
      { class: "bk-actions" },
      block.elements.map((one) => element(one, block, place)),
    ),
  context_actions: (block, place) =>
    h(
      "div",
      { class: "bk-actions" },
      block.elements.map((one) => element(one, block, place)),
    ),
  image: (block) =>
    h("figure", { class: "bk-figure" }, block.title && h("figcaption", {}, textOf(block.title)), image(block, "wide")),
  markdown: (block) => h("div", { class: "bk-markdown" }, markdown(block.text)),
  rich_text: (block) => h("div", { class: "bk-rich" }, richText(block)),
};

function refused(block) {
  return h("p", { class: "refused-block" }, `Slack has no block called ${block.type} here.`);
}

function section(block, place) {
  const fields =
    block.fields &&
    h(
      "div",
      { class: "bk-fields" },
      block.fields.map((one) => h("div", {}, textOf(one))),
    );
  const words = h("div", { class: "bk-text" }, block.text && textOf(block.text), fields);
  const label = block.text ? block.text.text.replace(/[*_~`]/g, "").slice(0, 60) : "";
  return h(
    "div",
    { class: `bk-section ${block.expand ? "whole" : ""}` },
    words,
    block.accessory && h("div", { class: "bk-accessory" }, element(block.accessory, block, place, label)),
  );
}

function context(block) {
  const parts = block.elements.map((one) =>
    one.type === "image" ? image(one, "small") : h("span", { class: "bk-context-text" }, textOf(one)),
  );
  return h("div", { class: "bk-context" }, parts);
}

function table(block) {
  const align = (at) => block.column_settings?.[at]?.align;
  const cell = (one, tag, at) => {
    const inside = one.type === "rich_text" ? richText(one) : [one.text ?? String(one.value)];
    return h(tag, { class: `align-${align(at) ?? "left"}`, scope: tag === "th" ? "col" : null }, inside);
  };
  const [head, ...rows] = block.rows;
  return h(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((one, at) => cell(one, "th", at)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h(
            "tr",
            {},
            row.map((one, at) => cell(one, "td", at)),
          ),
        ),
      ),
    ),
  );
}

// Label, field, hint and, when something is wrong with it, Slack's or the app's words about that.
function input(block, place) {
  const error = place.error?.(block);
  const words = { hint: newId("hint"), error: newId("error") };
  const node = field(block.element, block, place, block.label.text);
  const described = [block.hint && words.hint, error && words.error].filter(Boolean).join(" ");
  if (described) node.setAttribute("aria-describedby", described);
  if (error) node.setAttribute("aria-invalid", "true");
  const isBox = node.matches("input, textarea, button");
  return h(
    "div",
    { class: `bk-input ${error ? "wrong" : ""}` },
    h(
      isBox ? "label" : "p",
      { class: "bk-label-line", for: isBox ? node.id : null },
      textOf(block.label),
      block.optional && h("span", { class: "optional" }, " (optional)"),
    ),
    node,
    error && h("p", { class: "error", id: words.error, role: "alert" }, `⚠ ${error}`),
    block.hint && h("p", { class: "hint", id: words.hint }, textOf(block.hint)),
  );
}

// A message's own text when it has no blocks.
export const plainMessage = (words) => h("div", { class: "bk-text" }, mrkdwn(words));
