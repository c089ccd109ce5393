// Channels and apps, with what is unread.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { on, store, unread } from "./store.js";

export function sidebar(root, open) {
  const items = new Map();

  function draw() {
    items.clear();
    const channels = [...store.channels.values()];
    root.replaceChildren(
      h("p", { class: "workspace" }, "Acme ", h("span", {}, "local Slack")),
      h("h2", {}, "Channels"),
      h("ul", {}, channels.filter((one) => !one.is_im).map(item)),
      h("h2", {}, "Apps"),
      h("ul", {}, channels.filter((one) => one.is_im).map(item)),
    );
    for (const id of items.keys()) mark(id);
  }

  function item(channel) {
    const sign = channel.is_im ? "app" : channel.is_private ? "lock" : "hash";
    const node = h(
      "button",
      { type: "button", class: "nav-item", dataset: { channel: channel.id }, onclick: () => open(channel.id) },
      icon(sign),
      h("span", { class: "nav-name" }, channel.name),
      channel.is_ext_shared && h("span", { class: "nav-shared", title: "Shared with another company" }, "shared"),
      h("span", { class: "nav-badge" }),
    );
    items.set(channel.id, node);
    return h("li", {}, node);
  }

  function mark(channelId) {
    const node = items.get(channelId);
    if (!node) return;
    const { count, mentioned } = channelId === store.channelId && !document.hidden ? { count: 0 } : unread(channelId);
    node.classList.toggle("unread", count > 0);
    node.classList.toggle("mentioned", Boolean(mentioned));
    const badge = node.querySelector(".nav-badge");
    badge.textContent = count ? String(Math.min(count, 99)) : "";
    if (count) badge.setAttribute("aria-label", `${count} unread${mentioned ? ", you are mentioned" : ""}`);
    else badge.removeAttribute("aria-label");
    if (channelId === store.channelId) node.setAttribute("aria-current", "page");
    else node.removeAttribute("aria-current");
    document.documentElement.toggleAttribute("data-unread", Boolean(root.querySelector(".unread")));
  }

  const dirty = new Set();
  on("person", draw);
  on("channel", () => [...items.keys()].forEach(mark));
  on("read", ({ channel_id }) => mark(channel_id));
  on("message", ({ message }) => dirty.add(message.channel));
  on("settled", () => {
    dirty.forEach(mark);
    dirty.clear();
  });
}
