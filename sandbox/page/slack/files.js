// Files shared in messages: name, size, and what is in them: a picture at once, anything else on request.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { codeBlock } from "./text/mrkdwn.js";

const PREVIEW = 20_000;

export function files(list) {
  return h("div", { class: "files" }, list.map(file));
}

function file(one) {
  const path = new URL(one.url_private).pathname;
  return h(
    "div",
    { class: "file" },
    h(
      "div",
      { class: "file-head" },
      icon("file"),
      h("strong", {}, one.title || one.name),
      h("span", { class: "muted" }, size(one.size)),
      h("a", { href: path, download: one.name }, "Download"),
    ),
    one.mimetype.startsWith("image/") ? picture(one, path) : words(path),
  );
}

const picture = (one, path) => h("img", { class: "bk-image wide", src: path, alt: one.alt_txt || one.name });

function words(path) {
  const box = h("div", { class: "file-content" });
  const details = h("details", {}, h("summary", {}, "Show what is in it"), box);
  details.addEventListener("toggle", () => details.open && !box.hasChildNodes() && fill(box, path));
  return details;
}

async function fill(box, path) {
  const text = await (await fetch(path)).text();
  box.replaceChildren(
    codeBlock(text.slice(0, PREVIEW)),
    text.length > PREVIEW ? h("p", { class: "muted" }, "The rest is in the file.") : "",
  );
}

const size = (bytes) => (bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} kB`);
