// What could come next in the composer. Pure: words in, choices out.
import { COMMAND, VERBS, verb } from "./verbs.js";

// {choices: [{insert, label, detail}], from, usage: [{word, current}] | null}: `from` is where the last word begins.
export function complete(words, { stacks, people, channels }) {
  const from = words.search(/\S*$/);
  const typed = words.slice(from);
  if (!words.startsWith("/")) return { choices: mentions(typed, people, channels), from, usage: null };
  const before = words.slice(0, from).split(/\s+/).filter(Boolean);
  if (before.length === 0)
    return {
      choices: starting(
        [COMMAND].map((name) => choice(name, "TinyStacks")),
        typed,
      ),
      from,
      usage: null,
    };
  if (before[0] !== COMMAND) return { choices: [], from, usage: null };
  const used = before.slice(1);
  const found = used.length ? verb(used[0]) : null;
  if (!found) return { choices: used.length ? [] : verbs(typed), from, usage: null };
  const at = used.slice(1).filter((word) => !word.startsWith("--")).length;
  return { choices: arguments_(found, used, at, typed, { stacks, people }), from, usage: usage(found, at, typed) };
}

const choice = (insert, detail = "", label = insert) => ({ insert, label, detail });
const starting = (choices, typed) => choices.filter((one) => one.insert.toLowerCase().startsWith(typed.toLowerCase()));
const verbs = (typed) =>
  starting(
    VERBS.map((one) => choice(one.name, one.does)),
    typed,
  );

function usage(found, at, typed) {
  const { words } = found;
  const flag = typed.startsWith("--");
  const shown = words.map((word, index) => ({
    word,
    current: flag ? word.includes(typed) && typed.length > 2 : index === at && !word.includes("--"),
  }));
  return [{ word: found.name, current: false }, ...shown];
}

function arguments_(found, used, at, typed, { stacks, people }) {
  const { words } = found;
  if (typed.startsWith("--")) return starting(flags(words, used), typed);
  const name = (words[at] ?? "").replace(/[[\]]/g, "");
  if (typed.startsWith("@")) return mentions(typed, people, []);
  if (name === "verb")
    return starting(
      VERBS.map((one) => choice(one.name, one.does)),
      typed,
    );
  const named = stacks.map((one) => choice(one.name, one.description));
  if (name === "person" && !typed) return [...named, ...mentions("@", people, [])];
  if (name === "stack" || name === "person") return starting(named, typed);
  if (name.endsWith("stage"))
    return starting(
      stages(stacks, used).map((stage) => choice(stage)),
      typed,
    );
  return [];
}

const flags = (words, used) =>
  words
    .flatMap((word) => /--[\w-]+/.exec(word)?.[0] ?? [])
    .filter((flag) => !used.includes(flag))
    .map((flag) => choice(flag));

// The stages of the stack that was named, without the one that was named already (promote).
function stages(stacks, used) {
  const lower = used.map((word) => word.toLowerCase());
  const stack = stacks.find((one) => lower.includes(one.name.toLowerCase()));
  return [...new Set((stack ? [stack] : stacks).flatMap((one) => one.stages))].filter(
    (stage) => !lower.includes(stage),
  );
}

function mentions(typed, people, channels) {
  if (typed.startsWith("@"))
    return starting(
      people.map((one) => choice(`@${one.name}`, one.detail)),
      typed,
    );
  if (typed.startsWith("#"))
    return starting(
      channels.map((name) => choice(`#${name}`)),
      typed,
    );
  return [];
}
