// Pictures of messages; one that cannot be loaded leaves its words.
import { h, safeUrl } from "../dom.js";

export function image(one, kind) {
  const url = safeUrl(one.image_url ?? one.slack_file?.url ?? "");
  if (!url) return h("span", { class: "muted" }, one.alt_text);
  const node = h("img", { src: url, alt: one.alt_text, class: `bk-image ${kind}`, loading: "lazy" });
  node.addEventListener("error", () => node.replaceWith(h("span", { class: "muted" }, `[${one.alt_text}]`)));
  return node;
}
