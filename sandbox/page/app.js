// The page's door: mounts Slack, ECS and the tour, and keeps the two things they share, theme and tabs.
import { openTab, shared } from "./shared.js";
import { mountTheme } from "./theme.js";

mountTheme(document.getElementById("theme"));
document.getElementById("tabs").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) openTab(button.dataset.tab);
});
openTab("chat");

// One side that fails must not take the others with it.
for (const side of ["slack", "ecs", "tour"]) {
  import(`./${side}/main.js`)
    .then(({ mount }) => mount(document.getElementById(side), shared))
    .catch((error) => console.error(`${side} is not there:`, error));
}
