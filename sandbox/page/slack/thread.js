// The side panel: one message and its replies.
import { composer } from "./composer.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { messageList } from "./message_list.js";
import { find, on, store, thread } from "./store.js";

export function threadPanel(root) {
  let parent = null; // {channel_id, ts}
  let list = null;
  let opener = null;

  function open(wanted) {
    const message = find(wanted.channel_id, wanted.ts);
    if (!message) return;
    opener = document.activeElement;
    parent = wanted;
    root.hidden = false;
    const scroller = h("div", { class: "scroller in-thread", tabindex: "0", role: "region", "aria-label": "Thread" });
    const where = () => ({ channel: wanted.channel_id, thread_ts: wanted.ts, name: "thread" });
    const writer = composer({ where });
    const close = h(
      "button",
      { type: "button", class: "quiet", "aria-label": "Close the thread", onclick: shut },
      icon("close"),
    );
    const channel = store.channels.get(wanted.channel_id);
    root.replaceChildren(
      h(
        "header",
        { class: "pane-head" },
        h("div", { class: "pane-title" }, h("h2", {}, "Thread"), h("span", { class: "muted" }, `#${channel.name}`)),
        close,
      ),
      scroller,
      writer.form,
    );
    list = messageList(scroller, "Thread", { inThread: true });
    list.open([message, ...thread(message)]);
    writer.enter();
    close.focus();
    if (wanted.reply_ts) list.show(wanted.reply_ts);
  }

  function shut() {
    root.hidden = true;
    root.replaceChildren();
    parent = list = null;
    if (opener?.isConnected) opener.focus();
  }

  const belongs = (message) =>
    parent && message.channel === parent.channel_id && parent.ts === (message.thread_ts ?? message.ts);
  on("open thread", open);
  on("person", shut);
  on("channel", shut);
  on("message", ({ message }) => belongs(message) && list.put(message));
  on("deleted", ({ channel_id, ts }) => {
    if (parent?.channel_id !== channel_id) return;
    if (parent.ts === ts) shut();
    else list.remove(ts);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) shut();
  });
}
