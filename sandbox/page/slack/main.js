// The Slack side: builds its panes once; people and channels come and go in them.
import { conversation } from "./conversation.js";
import { connect, disconnect } from "./live.js";
import { h } from "./dom.js";
import { mountModals } from "./modal.js";
import { mountPermalinks } from "./permalinks.js";
import { asked, drawPeople } from "./people.js";
import { sidebar } from "./sidebar.js";
import { emit, load, on, store } from "./store.js";
import { threadPanel } from "./thread.js";
import { toast } from "./toasts.js";
import { tell } from "../shared.js";

const FIRST = "C0DEPLOYS";

export async function mount(root, shared) {
  const nav = h("nav", { class: "channels", id: "channels", "aria-label": "Channels" });
  const pane = h("div", { class: "pane" });
  const side = h("aside", { class: "thread", "aria-label": "Thread", hidden: true });
  root.append(
    nav,
    pane,
    side,
    h(
      "p",
      { class: "offline", role: "status" },
      "The sandbox does not answer. Start it with ",
      h("code", {}, "make demo"),
      "; this page goes on by itself.",
    ),
  );
  sidebar(nav, openChannel);
  const { writer } = conversation(pane, () => root.classList.toggle("nav-shown"));
  threadPanel(side);
  mountModals();
  mountPermalinks();
  on("open channel", ({ channel_id }) => openChannel(channel_id));
  on("message", (detail) => tell("message", { ...detail, user_id: store.me }));
  Object.assign(shared, { become: (userId) => become(userId, shared), openChannel, write: writer.write, toast });
  addEventListener("popstate", () => become(asked(), shared, false));
  await become(asked(), shared, false);
}

function openChannel(channelId) {
  if (!store.channels.has(channelId)) return;
  document.getElementById("slack").classList.remove("nav-shown");
  store.channelId = channelId;
  emit("channel", { channel_id: channelId });
  tell("channel", { channel_id: channelId });
}

async function become(userId, shared, inHistory = true) {
  disconnect();
  await load(userId);
  if (!store.users.has(userId)) return become("U0ANA", shared, inHistory);
  const name = store.users.get(userId).name;
  if (inHistory) history.pushState({}, "", `?as=${name}`);
  document.title = `${name} · TinyStacks sandbox`;
  shared.me = userId;
  drawPeople(document.getElementById("people"), shared.become);
  emit("person", { user_id: userId });
  openChannel(store.channels.has(store.channelId) ? store.channelId : FIRST);
  connect();
  tell("person", { user_id: userId });
}
