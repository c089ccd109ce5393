// Where elements stand, and so where what is done with them goes: a message, or a view (modal or App Home).
import { act } from "./api.js";
import { store } from "./store.js";
import { entryOf, initialOf, keyOf } from "./kit/values.js";

const TYPING_PAUSE_MS = 400;
// Surface key -> Map of element key -> entry: what this page knows and the server may not yet.
const chosenIn = new Map();

function chosen(key) {
  if (!chosenIn.has(key)) chosenIn.set(key, new Map());
  return chosenIn.get(key);
}

export function messagePlace(message) {
  const key = `${store.me} ${message.channel} ${message.ts}`;
  const ids = (block, element) => ({
    user: store.me,
    channel: message.channel,
    ts: message.ts,
    action_id: element.action_id,
    block_id: block.block_id,
  });
  const change = (block, element, entry) => {
    if (element.type !== "overflow") chosen(key).set(keyOf(block, element), entry);
    return act("click", { ...ids(block, element), selected: entry });
  };
  return {
    key,
    change,
    entry: (block, element) => chosen(key).get(keyOf(block, element)) ?? entryOf(element, initialOf(element)),
    act: (block, element) => act("click", ids(block, element)),
    typing: () => {},
    typed: () => {},
    suggest: (block, element, value) => act("suggest", { ...ids(block, element), value }),
  };
}

// `view` is asked for each time: an update keeps the id and changes the rest. Calls go out one after the other, so that
// the app always sees what was filled in before.
export function viewPlace(view, { home = false, error = () => "", submit } = {}) {
  const key = `${store.me} ${view().id}`;
  let last = Promise.resolve();
  let timer = 0;
  const queued = (run) => (last = last.then(run, run));
  const send = (block, element, selected) =>
    queued(() =>
      act("view/action", { user: store.me, action_id: element.action_id, block_id: block.block_id, selected, home }),
    );
  const remember = (block, element, entry) =>
    element.type !== "overflow" && chosen(key).set(keyOf(block, element), entry);
  return {
    key,
    error,
    entry: (block, element) => chosen(key).get(keyOf(block, element)) ?? stored(view(), block, element),
    change: (block, element, entry) => (remember(block, element, entry), send(block, element, entry)),
    act: (block, element) => send(block, element),
    typing: (block, element, entry, sends) => {
      remember(block, element, entry);
      clearTimeout(timer);
      if (sends && tells(block)) timer = setTimeout(() => send(block, element, entry).catch(() => {}), TYPING_PAUSE_MS);
    },
    // What was typed waits on the server for the submission; only fields that dispatch would bother the app with it.
    typed: (block, element, entry) => {
      remember(block, element, entry);
      if (!tells(block) && block.type === "input") send(block, element, entry).catch(() => {});
    },
    suggest: (block, element, value) =>
      queued(() =>
        act("suggest", { user: store.me, action_id: element.action_id, block_id: block.block_id, value }),
      ),
    submit: (block, element, entry) => (remember(block, element, entry), submit?.()),
    values: () => filled(view(), key),
    settled: () => last.catch(() => {}),
  };
}

const tells = (block) => block.type !== "input" || Boolean(block.dispatch_action);

function stored(view, block, element) {
  return view.state?.values?.[block.block_id]?.[element.action_id] ?? entryOf(element, initialOf(element));
}

// {block_id: {action_id: entry}} of the input blocks that this page filled in.
function filled(view, key) {
  const values = {};
  for (const block of view.blocks.filter((one) => one.type === "input")) {
    const entry = chosen(key).get(keyOf(block, block.element));
    if (entry) values[block.block_id] = { [block.element.action_id]: entry };
  }
  return values;
}
