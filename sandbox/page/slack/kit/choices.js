// Where a select's choices come from: [{label, detail, group, value}], `value` being what goes to the app.
import { store } from "../store.js";

const UNANSWERED = "The app did not answer. Type again to ask once more.";

const SOURCES = {
  static_select: listed,
  external_select: (element, words, ask) =>
    words.length < (element.min_query_length ?? 3) ? [] : ask(words).then(suggested),
  users_select: (_, words) => matching(people(), words),
  channels_select: (_, words) => matching(channels(), words),
  conversations_select: (_, words) => matching([...channels(), ...people()], words),
};

export const sourceOf = (element) => SOURCES[element.type.replace("multi_", "")];

// Throws the words to show where the app did not answer.
function suggested({ option_groups: groups, error }) {
  if (error) throw new Error(UNANSWERED);
  return groups.flatMap((group) => options(group.options, group.label?.text));
}

// Why an external select shows nothing yet.
export function hint(element, words) {
  const least = element.min_query_length ?? 3;
  if (!element.type.endsWith("external_select") || words.length >= least) return "Nothing found";
  return `Type ${least === 1 ? "a character" : `${least} characters`} to search`;
}

function listed(element, words) {
  const groups = element.option_groups ?? [{ options: element.options }];
  return matching(
    groups.flatMap((group) => options(group.options, group.label?.text)),
    words,
  );
}

function options(list, group = "") {
  return list.map((option) => ({
    label: option.text.text,
    detail: option.description?.text ?? "",
    group,
    value: option,
  }));
}

function people() {
  const here = [...store.users.values()].filter((user) => !user.deleted);
  return here.map((user) => ({ label: user.real_name, detail: `@${user.name}`, group: "", value: user.id }));
}

function channels() {
  const open = [...store.channels.values()].filter((channel) => !channel.is_im);
  return open.map((channel) => ({ label: `#${channel.name}`, detail: "", group: "", value: channel.id }));
}

function matching(choices, words) {
  const wanted = words.trim().toLowerCase();
  return choices.filter((choice) => `${choice.label} ${choice.detail}`.toLowerCase().includes(wanted));
}

// How a value that is already chosen is called.
export function labelOf(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") return value.text.text;
  const channel = store.channels.get(value);
  return channel ? `#${channel.name}` : (store.users.get(value)?.real_name ?? value);
}

export const sameValue = (one, other) => (one?.value ?? one) === (other?.value ?? other);
