// The App Home: what the app published for this person, asked for again each time it is opened.
import { act, look } from "./api.js";
import { h } from "./dom.js";
import { on, store } from "./store.js";
import { drawBlocks } from "./views.js";
import { viewPlace } from "./places.js";

export function home(root) {
  const blocks = h("div", { class: "home-blocks" });
  const note = h("p", { class: "empty" });
  let view = null;
  let place = null;
  let asked = 0;
  root.append(h("div", { class: "home" }, note, blocks));

  async function draw() {
    const turn = (asked += 1);
    const answer = await look("home", { user: store.me });
    if (turn !== asked) return; // answers may overtake each other
    ({ view } = answer);
    note.textContent = view ? "" : "TinyStacks has published nothing here yet.";
    if (!view) return blocks.replaceChildren();
    if (place?.key !== `${store.me} ${view.id}`) place = viewPlace(() => view, { home: true });
    drawBlocks(blocks, view.blocks, place);
  }
  on("home", () => root.isConnected && !root.hidden && draw());

  return {
    async open() {
      if (!view) note.textContent = "Loading…";
      await draw();
      await act("home", { user: store.me });
      await draw();
    },
    clear() {
      view = null;
      blocks.replaceChildren();
    },
  };
}
