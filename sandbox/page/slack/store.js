// What this person's page knows: the workspace, every message they may see, and how far they have read.
import { look, world } from "./api.js";

export const store = {
  world: "",
  stacks: [],
  me: "U0ANA",
  channelId: "",
  users: new Map(),
  groups: new Map(),
  channels: new Map(),
  botUserId: "",
  lastId: 0,
  messages: new Map(), // channel id -> Map of ts -> message, oldest first
  replies: new Map(), // "channel id ts" of a parent -> Set of the ts of its replies
};

const listeners = new Map();

// Kinds: "message" {message, kind}, "deleted" {channel_id, ts, thread_ts}, "channel", "read", "person", "view", "home".
export function on(kind, listener) {
  listeners.set(kind, [...(listeners.get(kind) ?? []), listener]);
}

export function emit(kind, detail = {}) {
  for (const listener of listeners.get(kind) ?? []) listener(detail);
}

export async function load(userId) {
  const [known, workspace] = await Promise.all([world(), look("workspace")]);
  Object.assign(store, { world: known.world, stacks: known.stacks, me: userId, lastId: workspace.last_id });
  store.botUserId = workspace.app.bot_user_id;
  store.users = new Map(workspace.users.map((user) => [user.id, user]));
  store.groups = new Map(workspace.user_groups.map((group) => [group.id, group]));
  const mine = workspace.channels.filter((channel) => channel.members.includes(userId));
  const direct = { id: `D${userId.slice(1)}`, name: "TinyStacks", is_im: true, members: [userId, store.botUserId] };
  store.channels = new Map([...mine, direct].map((channel) => [channel.id, channel]));
  store.messages = new Map();
  store.replies = new Map();
  for (const channelId of store.channels.keys()) await loadChannel(channelId);
}

async function loadChannel(channelId) {
  store.messages.set(channelId, new Map());
  const { messages } = await look("messages", { user: store.me, channel: channelId });
  for (const message of messages) {
    keep(message);
    for (const reply of message.replies) keep(reply);
  }
}

// Keeps a message; true if it is new. Replies are found through their parent.
export function keep(message) {
  const channel = store.messages.get(message.channel);
  if (!channel) return false;
  const isNew = !channel.has(message.ts);
  channel.set(message.ts, message);
  if (isReply(message)) repliesOf(message.channel, message.thread_ts).add(message.ts);
  return isNew;
}

export function forget(channelId, ts) {
  const message = find(channelId, ts);
  store.messages.get(channelId)?.delete(ts);
  if (message && isReply(message)) repliesOf(channelId, message.thread_ts).delete(ts);
}

export const find = (channelId, ts) => store.messages.get(channelId)?.get(ts);
export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

// A reply whose parent is gone, or that only its thread's reader sees, still needs a place to be seen.
export const isTopLevel = (message) => !isReply(message) || !find(message.channel, message.thread_ts);

function repliesOf(channelId, ts) {
  const key = `${channelId} ${ts}`;
  if (!store.replies.has(key)) store.replies.set(key, new Set());
  return store.replies.get(key);
}

export function thread(message) {
  return [...repliesOf(message.channel, message.ts)]
    .sort()
    .map((ts) => find(message.channel, ts))
    .filter(Boolean);
}

const readKey = (channelId) => `read ${store.world} ${store.me} ${channelId}`;
export const lastRead = (channelId) => localStorage.getItem(readKey(channelId)) ?? "0";

export function markRead(channelId) {
  const newest = [...(store.messages.get(channelId)?.keys() ?? [])].at(-1);
  if (!newest || newest <= lastRead(channelId)) return;
  localStorage.setItem(readKey(channelId), newest);
  emit("read", { channel_id: channelId });
}

// {count, mentioned}: what others wrote since. A call for this person or one of their groups weighs more; a reply in a
// thread counts only then. Who is called was decided when the message was posted: an edit calls nobody.
export function unread(channelId) {
  const since = lastRead(channelId);
  const all = [...(store.messages.get(channelId)?.values() ?? [])];
  let start = all.length;
  while (start > 0 && all[start - 1].ts > since) start -= 1;
  const mine = myNames();
  const calls = (message) => message.pings.some((name) => mine.has(name));
  const fresh = all
    .slice(start)
    .filter((message) => message.user !== store.me && (!isReply(message) || calls(message)));
  return { count: fresh.length, mentioned: fresh.some(calls) };
}

function myNames() {
  const groups = [...store.groups.values()].filter((group) => group.users.includes(store.me));
  return new Set([store.me, "channel", "here", "everyone", ...groups.map((group) => group.id)]);
}

export function nameOf(userId) {
  const user = store.users.get(userId);
  return user ? user.real_name : userId;
}
