// The markdown block: standard Markdown as Slack shows it. Pictures become links (Slack facts 1.2).
import { h, link } from "../dom.js";
import { emoji } from "./emoji.js";
import { codeBlock } from "./mrkdwn.js";

const INLINE = new RegExp(
  [
    "`([^`]+)`",
    "!?\\[([^\\]]*)\\]\\(([^)\\s]+)[^)]*\\)",
    "\\*\\*(?=\\S)(.+?)\\*\\*",
    "~~(.+?)~~",
    "(?<![\\p{L}\\p{N}*])[*_](?=\\S)([^*_\\n]+)[*_](?![\\p{L}\\p{N}])",
    ":([a-z0-9_+-]+):",
    "(https?://[^\\s<>)]+)",
  ].join("|"),
  "gu",
);

function inline(words) {
  const nodes = [];
  let end = 0;
  for (const found of words.matchAll(INLINE)) {
    nodes.push(words.slice(end, found.index), node(found));
    end = found.index + found[0].length;
  }
  return [...nodes, words.slice(end)].filter((one) => one !== "");
}

function node([whole, code, label, target, bold, strike, italic, name, url]) {
  if (code !== undefined) return h("code", {}, code);
  if (target !== undefined) return link(target, label || target);
  if (bold !== undefined) return h("strong", {}, inline(bold));
  if (strike !== undefined) return h("s", {}, inline(strike));
  if (italic !== undefined) return h("em", {}, inline(italic));
  if (name !== undefined) return emoji(name) ?? whole;
  return link(url, url);
}

const cells = (line) =>
  line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());
const LIST = /^\s*(?:([-*+])|\d+[.)])\s+(.*)$/;

// Each rule looks at the lines from `at` on and answers [node, how many lines it used], or null.
const RULES = [
  (lines, at) => {
    if (!lines[at].startsWith("```")) return null;
    const length = lines.slice(at + 1).findIndex((line) => line.startsWith("```"));
    const inside = lines.slice(at + 1, length < 0 ? undefined : at + 1 + length);
    return [codeBlock(inside.join("\n")), inside.length + 2];
  },
  (lines, at) => {
    const found = /^(#{1,6})\s+(.*)$/.exec(lines[at]);
    return found && [h("p", { class: `md-heading md-${found[1].length}` }, h("strong", {}, inline(found[2]))), 1];
  },
  (lines, at) => (/^\s*([-*_])(\s*\1){2,}\s*$/.test(lines[at]) ? [h("hr"), 1] : null),
  (lines, at) => {
    if (!lines[at].includes("|") || !/^[\s|:-]+$/.test(lines[at + 1] ?? "") || !lines[at + 1].includes("-"))
      return null;
    const body = run(lines, at + 2, (line) => line.includes("|"));
    return [table(cells(lines[at]), body.map(cells)), body.length + 2];
  },
  (lines, at) => {
    const quoted = run(lines, at, (line) => line.startsWith(">"));
    return quoted.length
      ? [
          h(
            "blockquote",
            {},
            quoted.map((line) => h("div", {}, inline(line.replace(/^> ?/, "")))),
          ),
          quoted.length,
        ]
      : null;
  },
  (lines, at) => {
    const items = run(lines, at, (line) => LIST.test(line));
    if (!items.length) return null;
    const tag = LIST.exec(items[0])[1] ? "ul" : "ol";
    return [
      h(
        tag,
        {},
        items.map((line) => h("li", { style: indent(line) }, inline(LIST.exec(line)[2]))),
      ),
      items.length,
    ];
  },
];

const indent = (line) => `margin-left:${Math.floor(/^\s*/.exec(line)[0].length / 2) * 16}px`;

function run(lines, at, matches) {
  const found = lines.slice(at).findIndex((line) => !matches(line));
  return lines.slice(at, found < 0 ? undefined : at + found);
}

function table(head, rows) {
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
          head.map((cell) => h("th", { scope: "col" }, inline(cell))),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h(
            "tr",
            {},
            row.map((cell) => h("td", {}, inline(cell))),
          ),
        ),
      ),
    ),
  );
}

export function markdown(words) {
  const lines = words.split("\n");
  const nodes = [];
  for (let at = 0; at < lines.length;) {
    const [node, used] = next(lines, at);
    nodes.push(node);
    at += used;
  }
  return nodes;
}

function next(lines, at) {
  for (const rule of RULES) {
    const found = rule(lines, at);
    if (found) return found;
  }
  return [lines[at].trim() ? h("div", { class: "line" }, inline(lines[at])) : h("div", { class: "gap" }), 1];
}
