// The rich_text block: sections, lists, quotes and preformatted text of styled runs.
import { h, link } from "../dom.js";
import { channelMention, date, groupMention, userMention } from "./entities.js";
import { emoji } from "./emoji.js";
import { codeBlock } from "./mrkdwn.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

const RUNS = {
  text: (run) => run.text.split("\n").flatMap((line, at) => (at ? [h("br"), line] : [line])),
  link: (run) => link(run.url, run.text || run.url),
  emoji: (run) => emoji(run.name) ?? `:${run.name}:`,
  user: (run) => userMention(run.user_id),
  usergroup: (run) => groupMention(run.usergroup_id),
  channel: (run) => channelMention(run.channel_id),
  broadcast: (run) => h("span", { class: "mention me" }, `@${run.range}`),
  date: (run) => date(run.timestamp, run.format, run.fallback ?? "", run.url),
};

function styled(run) {
  const node = RUNS[run.type]?.(run) ?? "";
  const wanted = Object.keys(STYLES).filter((style) => run.style?.[style]);
  return wanted.reduce((inside, style) => h(STYLES[style], {}, inside), node);
}

const runs = (part) => part.elements.map(styled);
const plain = (part) => part.elements.map((run) => run.text ?? run.url ?? "").join("");

const PARTS = {
  rich_text_section: (part) => h("div", { class: "line" }, runs(part)),
  rich_text_quote: (part) => h("blockquote", {}, runs(part)),
  rich_text_preformatted: (part) => codeBlock(plain(part)),
  rich_text_list: (part) =>
    h(
      part.style === "ordered" ? "ol" : "ul",
      { style: `margin-left:${(part.indent ?? 0) * 20}px`, start: part.offset ? part.offset + 1 : null },
      part.elements.map((item) => h("li", {}, runs(item))),
    ),
};

export function richText(block) {
  return block.elements.map((part) => PARTS[part.type]?.(part));
}
