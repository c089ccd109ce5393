// One message as Slack draws it.
import { h } from "./dom.js";
import { avatar } from "./people.js";
import { files } from "./files.js";
import { icon } from "./icons.js";
import { blocks, plainMessage } from "./kit/blocks.js";
import { messagePlace } from "./places.js";
import { emit, nameOf, store, thread } from "./store.js";
import { clock } from "./text/entities.js";

const GROUPED_SECONDS = 300;

export const at = (ts) => new Date(Number(ts) * 1000);

// Everything its looks depend on, so that a change that is none costs nothing.
export const signature = ({ text, blocks, edited, files, attachments }) =>
  JSON.stringify([text, blocks, edited, files, attachments]);

export function messageNode(message, { inThread = false } = {}) {
  const time = at(message.ts);
  const label = `${nameOf(message.user)}, ${clock(time)}${message.ephemeral ? ", only visible to you" : ""}`;
  return h(
    "div",
    {
      class: `message ${message.ephemeral ? "ephemeral" : ""}`,
      role: "article",
      "aria-label": label,
      dataset: { ts: message.ts },
    },
    message.ephemeral && h("p", { class: "only-you" }, icon("eye"), " Only visible to you"),
    avatar(message.user),
    h(
      "div",
      { class: "message-main" },
      h(
        "div",
        { class: "message-head" },
        h("strong", {}, nameOf(message.user)),
        message.bot_id && h("span", { class: "app-badge" }, "APP"),
        h("time", { datetime: time.toISOString(), title: time.toLocaleString() }, clock(time)),
        editedMark(message),
      ),
      h("div", { class: "message-body" }, body(message)),
      message.files && files(message.files),
      message.attachments && message.attachments.map((one) => attachment(one, message)),
      !inThread && h("div", { class: "thread-place" }, threadButton(message)),
    ),
    !inThread && !message.ephemeral && h("div", { class: "message-tools" }, replyButton(message)),
  );
}

function body(message) {
  if (message.blocks.length) return blocks(message.blocks, messagePlace(message));
  return message.text ? [plainMessage(message.text)] : [];
}

// What an app shows under a link.
function attachment(one, message) {
  return h("div", { class: "attachment" }, blocks(one.blocks, messagePlace(message)));
}

// Slack itself does not mark edits of apps; while developing messages it is good to see them. What only one person
// sees is always replaced, never edited.
function editedMark(message) {
  if (!message.edited || message.ephemeral) return null;
  return h("span", { class: "edited", title: message.bot_id ? "Edited by the app" : "Edited" }, "(edited)");
}

const openThread = (message) => () => emit("open thread", { channel_id: message.channel, ts: message.ts });

function replyButton(message) {
  return h(
    "button",
    {
      type: "button",
      class: "quiet",
      "aria-label": "Reply in thread",
      title: "Reply in thread",
      onclick: openThread(message),
    },
    icon("reply"),
  );
}

export function threadButton(message) {
  const replies = thread(message);
  if (!replies.length) return null;
  const people = [...new Set(replies.map((one) => one.user))].slice(0, 3);
  const words = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  return h(
    "button",
    { type: "button", class: "replies", onclick: openThread(message) },
    people.map((userId) => avatar(userId, "tiny")),
    h("strong", {}, words),
    h("span", { class: "muted" }, `Last reply ${clock(at(replies.at(-1).ts))}`),
  );
}

export function refreshThreadButton(node, message) {
  const place = node.querySelector(".thread-place");
  place?.replaceChildren(...[threadButton(message)].filter(Boolean));
}

// How a message stands to the one before it: of one person within five minutes they belong together.
export function dress(node, message, previous) {
  const day = at(message.ts).toDateString();
  const sameDay = previous && at(previous.ts).toDateString() === day;
  const plain = !message.edited || message.ephemeral;
  const close =
    plain && sameDay && previous.user === message.user && Number(message.ts) - Number(previous.ts) < GROUPED_SECONDS;
  node.classList.toggle("compact", Boolean(close) && !previous.ephemeral === !message.ephemeral);
  if (sameDay) delete node.dataset.day;
  else node.dataset.day = dayName(at(message.ts));
}

function dayName(day) {
  const today = new Date().toDateString() === day.toDateString();
  return today ? "Today" : day.toLocaleDateString(undefined, { weekday: "long", month: "long", day: "numeric" });
}

export const isMine = (message) => message.user === store.me;
