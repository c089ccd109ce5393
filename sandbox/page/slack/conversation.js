// The middle: one channel with its messages and composer, or the app with its Home and Messages.
import { composer } from "./composer.js";
import { h } from "./dom.js";
import { home } from "./home.js";
import { icon } from "./icons.js";
import { messageList } from "./message_list.js";
import { find, isReply, isTopLevel, lastRead, markRead, on, store } from "./store.js";

const topLevel = (channelId) => [...(store.messages.get(channelId)?.values() ?? [])].filter(isTopLevel);

export function conversation(root, openNav) {
  const parts = frame(openNav);
  root.append(parts.head, parts.scroller, parts.homeRoot, parts.jump, parts.writer.form);
  const list = messageList(parts.scroller, "Messages", {
    scrolled: (stuck) => {
      parts.jump.hidden = stuck;
      read(list);
    },
  });
  const appHome = home(parts.homeRoot);
  parts.jump.addEventListener("click", () => list.toEnd());

  function open() {
    const channel = store.channels.get(store.channelId);
    drawHead(parts, channel, showTab);
    showTab(channel.is_im ? "home" : "messages");
  }

  function showTab(tab) {
    const isHome = tab === "home";
    for (const button of parts.head.querySelectorAll("[role=tab]"))
      button.setAttribute("aria-selected", String(button.dataset.tab === tab));
    for (const node of [parts.scroller, parts.writer.form]) node.hidden = isHome;
    parts.homeRoot.hidden = !isHome;
    parts.jump.hidden = true;
    if (isHome) return appHome.open();
    list.open(topLevel(store.channelId), lastRead(store.channelId));
    parts.writer.enter();
    read(list);
  }

  on("channel", open);
  on("show message", ({ ts }) => {
    if (parts.scroller.hidden) showTab("messages");
    list.show(ts);
  });
  on("person", () => appHome.clear());
  on("message", ({ message }) => message.channel === store.channelId && put(list, message));
  on("deleted", ({ channel_id, ts }) => channel_id === store.channelId && list.remove(ts));
  on("settled", () => {
    list.trim();
    read(list);
  });
  document.addEventListener("visibilitychange", () => read(list));
  return { writer: parts.writer };
}

function put(list, message) {
  const parent = isReply(message) && find(message.channel, message.thread_ts);
  if (parent) list.touchThread(parent);
  else list.put(message);
}

function read(list) {
  if (!document.hidden && list.atEnd() && store.channelId) markRead(store.channelId);
}

function frame(openNav) {
  const menu = h(
    "button",
    { type: "button", class: "quiet nav-open", "aria-label": "Channels", onclick: openNav },
    icon("menu"),
  );
  const head = h(
    "header",
    { class: "pane-head" },
    menu,
    h("div", { class: "pane-title" }),
    h("div", { class: "pane-tabs" }),
  );
  const beginning = h("div", { class: "beginning" });
  const where = () => ({ channel: store.channelId, name: nameOf(store.channels.get(store.channelId)) });
  return {
    head,
    beginning,
    scroller: h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Conversation" }, beginning),
    homeRoot: h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "App Home", hidden: true }),
    jump: h("button", { type: "button", class: "jump", hidden: true }, "↓ Newest messages"),
    writer: composer({ where, id: "composer" }),
  };
}

const nameOf = (channel) => (channel?.is_im ? channel.name : `#${channel?.name ?? ""}`);

function drawHead({ head, beginning }, channel, showTab) {
  const people = channel.members.filter((id) => id !== store.botUserId).length;
  const about = channel.is_im
    ? "App"
    : [`${people} people`, channel.is_private && "private", channel.is_ext_shared && "shared with another company"]
        .filter(Boolean)
        .join(" · ");
  head.querySelector(".pane-title").replaceChildren(h("h2", {}, nameOf(channel)), h("span", { class: "muted" }, about));
  const tab = (name, label) =>
    h("button", { type: "button", role: "tab", dataset: { tab: name }, onclick: () => showTab(name) }, label);
  const tabs = channel.is_im
    ? [h("div", { role: "tablist", "aria-label": "App" }, tab("home", "Home"), tab("messages", "Messages"))]
    : [];
  head.querySelector(".pane-tabs").replaceChildren(...tabs);
  beginning.replaceChildren(
    h("strong", {}, channel.is_im ? "Nothing here yet" : `This is the very beginning of #${channel.name}`),
    h("p", {}, "Type ", h("code", {}, "/tinystacks help"), " to see what the bot understands."),
  );
}
