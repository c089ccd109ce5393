// Who is at the keyboard: one click to be somebody else, one more to be them in a second window.
import { h } from "./dom.js";
import { nameOf, store } from "./store.js";

const COLOURS = 6;

export function avatar(userId, size = "") {
  const user = store.users.get(userId);
  const letters = user?.is_bot
    ? "TS"
    : nameOf(userId)
        .split(" ")
        .map((word) => word[0])
        .join("")
        .slice(0, 2);
  const number = [...userId].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % COLOURS;
  return h(
    "span",
    { class: `avatar ${size} ${user?.is_bot ? "avatar-bot" : `colour-${number}`}`, "aria-hidden": "true" },
    letters,
  );
}

// What this person is here for, in the words of the workspace: their groups, or that they are a guest.
function role(user) {
  if (user.is_restricted || user.is_ultra_restricted) return "guest";
  const groups = [...store.groups.values()].filter((group) => group.users.includes(user.id));
  return (
    groups.map((group) => ({ dev: "developer", release: "approver" })[group.handle] ?? group.handle).join(", ") || "member"
  );
}

const playable = () => [...store.users.values()].filter((user) => !user.is_bot && !user.deleted && !user.is_stranger);

// The person the address asks for: `?as=bo` or `?as=U0BO`.
export function asked() {
  const wanted = new URLSearchParams(location.search).get("as")?.toLowerCase() ?? "";
  return wanted.startsWith("u0") ? wanted.toUpperCase() : wanted ? `U0${wanted.toUpperCase()}` : "U0ANA";
}

export function drawPeople(root, become) {
  const buttons = playable().map((user) => {
    const current = user.id === store.me;
    const name = user.name === "guest" ? user.real_name.split(" ")[0] : user.name;
    return h(
      "button",
      {
        type: "button",
        class: "person",
        "aria-pressed": String(current),
        title: `Be ${user.real_name}, ${role(user)}`,
        dataset: { user: user.id },
        onclick: () => become(user.id),
      },
      avatar(user.id, "small"),
      h("span", { class: "person-name" }, name),
      h("span", { class: "person-role" }, role(user)),
    );
  });
  const other = playable().find((user) => user.id !== store.me && !user.is_restricted) ?? playable()[0];
  root.replaceChildren(
    h("div", { role: "group", "aria-label": "Who you are", class: "persons" }, buttons),
    h(
      "a",
      {
        class: "second",
        href: `?as=${other.name}`,
        target: "_blank",
        title: `Opens a second window as ${other.real_name}`,
      },
      "Second window ",
      h("span", { "aria-hidden": "true" }, "↗"),
    ),
  );
}
