// What stands between < and > in Slack's texts: links, mentions of people, channels and groups, dates.
import { h, link } from "../dom.js";
import { emit, store } from "../store.js";

const NAMED = { amp: "&", lt: "<", gt: ">" };

export const unescaped = (words) => words.replace(/&(amp|lt|gt);/g, (_, name) => NAMED[name]);

export function entity(inside) {
  const [target, label] = split(inside);
  if (target.startsWith("@")) return userMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!")) return special(target.slice(1), label);
  const url = unescaped(target);
  return link(url, label ? unescaped(label) : url.replace(/^mailto:/, ""));
}

function split(inside) {
  const at = inside.indexOf("|");
  return at < 0 ? [inside, ""] : [inside.slice(0, at), inside.slice(at + 1)];
}

export function userMention(userId, label = "") {
  const name = store.users.get(userId)?.name ?? label ?? userId;
  return h("span", { class: `mention${userId === store.me ? " me" : ""}` }, `@${name || userId}`);
}

export function channelMention(channelId, label = "") {
  const channel = store.channels.get(channelId);
  if (!channel) return h("span", { class: "mention" }, label ? `#${label}` : "🔒 private channel");
  const open = () => emit("open channel", { channel_id: channelId });
  return h("button", { type: "button", class: "mention channel", onclick: open }, `#${channel.name}`);
}

export function groupMention(groupId, label = "") {
  const group = store.groups.get(groupId);
  const mine = group?.users.includes(store.me) ? " me" : "";
  return h("span", { class: `mention${mine}` }, group ? `@${group.handle}` : label || "@group");
}

function special(words, label) {
  const [kind, ...rest] = words.split("^");
  if (kind === "subteam") return groupMention(rest[0], unescaped(label));
  if (kind === "date") return date(Number(rest[0]), unescaped(rest[1] ?? ""), unescaped(label), rest[2]);
  return h("span", { class: "mention me" }, `@${kind}`);
}

export function date(seconds, format, fallback, url) {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return document.createTextNode(fallback);
  const words = format.replace(/\{(\w+)\}/g, (whole, name) => DATES[name]?.(at) ?? whole);
  const shown = h("time", { datetime: at.toISOString(), title: at.toLocaleString() }, words);
  return url ? link(unescaped(url), shown) : shown;
}

const day = (at, options) => at.toLocaleDateString(undefined, options);
const pretty = (at, options) => relative(at) ?? day(at, options);
const LONG = { weekday: "long", year: "numeric", month: "long", day: "numeric" };
const PLAIN = { year: "numeric", month: "long", day: "numeric" };
const SHORT = { year: "numeric", month: "short", day: "numeric" };
const DATES = {
  date_num: (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
  date: (at) => day(at, PLAIN),
  date_long: (at) => day(at, LONG),
  date_short: (at) => day(at, SHORT),
  date_pretty: (at) => pretty(at, PLAIN),
  date_long_pretty: (at) => pretty(at, LONG),
  date_short_pretty: (at) => pretty(at, SHORT),
  time: clock,
  time_secs: (at) => `${clock(at)}:${two(at.getSeconds())}`,
  ago,
};

const two = (number) => String(number).padStart(2, "0");

export function clock(at) {
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

// "today", "yesterday", "tomorrow", or null.
export function relative(at) {
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? null;
}

function ago(at) {
  const minutes = Math.round((at - Date.now()) / 60_000);
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  if (Math.abs(minutes) < 60) return words.format(minutes, "minute");
  return Math.abs(minutes) < 2880
    ? words.format(Math.round(minutes / 60), "hour")
    : words.format(Math.round(minutes / 1440), "day");
}
