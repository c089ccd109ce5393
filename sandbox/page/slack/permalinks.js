// Links to messages of this workspace lead to the message on this page, as they do in Slack.
import { emit, find, isReply, store } from "./store.js";

const ARCHIVES = /\/archives\/([CDG]\w+)\/p(\d+)(\d{6})(?:[?&]|$)/;

export function mountPermalinks() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const meant = link && ARCHIVES.exec(link.href);
    if (meant && goTo(meant[1], `${meant[2]}.${meant[3]}`)) event.preventDefault();
  });
}

// False for a message this person does not see: the link is then left to the browser.
function goTo(channelId, ts) {
  const message = find(channelId, ts);
  if (!message) return false;
  if (store.channelId !== channelId) emit("open channel", { channel_id: channelId });
  const parent = isReply(message) ? find(channelId, message.thread_ts) : null;
  emit("show message", { channel_id: channelId, ts: parent?.ts ?? ts });
  if (parent) emit("open thread", { channel_id: channelId, ts: parent.ts, reply_ts: ts });
  return true;
}
