// Slack's mrkdwn as nodes: bold, italic, strike, code, quotes, code blocks, entities, emoji. The rest is text.
import { h, copyButton, link } from "../dom.js";
import { entity, unescaped } from "./entities.js";
import { emoji, withEmoji } from "./emoji.js";

const FENCE = /```([\s\S]*?)```/;
const MARK = (sign) =>
  `(?<![\\p{L}\\p{N}])[${sign}](?=[^\\s${sign}])([^\\n]*?[^\\s${sign}])[${sign}](?![\\p{L}\\p{N}])`;
const INLINE = new RegExp(
  ["`([^`\\n]+)`", "<([^<>\\n]+)>", ":([a-z0-9_+-]+):", MARK("*"), MARK("_"), MARK("~"), "(https?://[^\\s<>|`]+)"].join(
    "|",
  ),
  "gu",
);

export function mrkdwn(words) {
  const nodes = [];
  let rest = words;
  for (let found = FENCE.exec(rest); found; found = FENCE.exec(rest)) {
    nodes.push(...lines(rest.slice(0, found.index).replace(/\n$/, "")), codeBlock(unescaped(found[1])));
    rest = rest.slice(found.index + found[0].length).replace(/^\n/, "");
  }
  return [...nodes, ...lines(rest)];
}

export function codeBlock(code) {
  const text = code.replace(/^\n|\n$/g, "");
  return h(
    "div",
    { class: "code-block" },
    h("pre", { tabindex: "0" }, h("code", {}, text)),
    copyButton(() => text),
  );
}

function lines(words) {
  if (!words) return [];
  const nodes = [];
  let quoted = [];
  const endQuote = () => {
    if (quoted.length)
      nodes.push(
        h(
          "blockquote",
          {},
          quoted.flatMap((line, at) => [at ? h("br") : "", ...inline(line)]),
        ),
      );
    quoted = [];
  };
  for (const line of words.split("\n")) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quote) quoted.push(quote[1]);
    else {
      endQuote();
      nodes.push(h("div", { class: "line" }, line ? inline(line) : h("br")));
    }
  }
  endQuote();
  return nodes;
}

export function inline(words) {
  const nodes = [];
  let end = 0;
  for (const found of words.matchAll(INLINE)) {
    nodes.push(unescaped(words.slice(end, found.index)), node(found));
    end = found.index + found[0].length;
  }
  nodes.push(unescaped(words.slice(end)));
  return nodes.filter((one) => one !== "");
}

function node([whole, code, inside, name, bold, italic, strike, url]) {
  if (code !== undefined) return h("code", {}, unescaped(code));
  if (inside !== undefined) return entity(inside);
  if (name !== undefined) return emoji(name) ?? whole;
  if (bold !== undefined) return h("strong", {}, inline(bold));
  if (italic !== undefined) return h("em", {}, inline(italic));
  if (strike !== undefined) return h("s", {}, inline(strike));
  return link(unescaped(url), unescaped(url));
}

// A text object: plain_text is not formatted at all, only its emoji are turned.
export function textOf(object) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  return object.emoji === false ? [object.text] : withEmoji(object.text);
}
