// The ECS side: what is under the bot's hands, and the means to disturb it. `shared` is the page's, see shared.js.
import { mountBar } from "./bar.js";
import { clusterCard, updateClusterCard } from "./clusters.js";
import { mountControls } from "./controls.js";
import { mountDetails } from "./details.js";
import { glyph, h, keyed, set } from "./dom.js";
import { clusters, heard, listen } from "./live.js";
import { LOOKS } from "./looks.js";

export function mount(root, shared) {
  const picture = h("div", { class: "picture", "data-part": "cluster", id: "ecs-picture" });
  const controls = h("div", { class: "controls", "data-part": "controls", id: "ecs-controls" });
  const cards = h("div", { class: "clusters" });
  const details = mountDetails(shared);
  picture.append(legend(), cards, h("p", { class: "waiting" }, "Waiting for the world…"));
  mountControls(controls, shared);
  root.append(mountBar(root, shared), picture, controls, details.element);
  set(root, "data-side", "cluster");
  draw(cards, details.open);
  listen();
}

function legend() {
  const each = Object.values(LOOKS).map((look) => {
    const sign = h("span", { class: "sign", "data-look": look.word }, glyph(look.path));
    return h("li", { title: look.means }, sign, look.word);
  });
  return h("ul", { class: "legend", "aria-label": "What the signs of tasks mean" }, each);
}

// However many parts come at once, they are drawn once, before the next frame.
function draw(cards, open) {
  const kept = new Map();
  let due = false;
  const now = () => {
    due = false;
    keyed(cards, kept, clusters(), (one) => `${one.region}/${one.name}`, (one) => clusterCard(one, open), update);
  };
  heard.addEventListener("cluster", () => {
    if (!due) requestAnimationFrame(now);
    due = true;
  });
}

// A cluster that is the same value as last time has not changed.
function update(card, cluster) {
  if (card.known === cluster) return;
  card.known = cluster;
  updateClusterCard(card, cluster);
}
