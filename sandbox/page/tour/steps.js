// The guided minute as data: what is said, what is pointed at, and how it is known that it has been done.
// `world`: {tag, state, failed} of the PRIMARY deployment of shop, or of shop-prod in steps that say `prod`; `good`: the
// image to deploy there; `message`: one that just came.
import { shared } from "../shared.js";

export const STEPS = [
  {
    title: "Slack here, ECS there, the real bot between",
    text: () => "Nothing you do here leaves this machine. A few minutes: a deploy that works, one that fails and says why, and one that somebody else must approve.",
    next: "Show me",
  },
  {
    title: "Ask for a deploy",
    text: () => "Put this into the message box and press Enter:",
    words: (good) => `/tinystacks deploy shop staging ${good}`,
    tab: "chat",
    points: () => composer(),
    done: (world, good, message) => offers(message, "Deploy") || world.tag === good,
  },
  {
    title: "Read it, then press Deploy",
    text: () => "The bot has changed nothing yet. It shows what would change and what it checked; only you see this.",
    tab: "chat",
    points: () => button("Deploy"),
    done: (world, good) => world.tag === good,
  },
  {
    title: "Watch the tasks change",
    text: () => "ECS starts new tasks beside the old ones, waits until they are healthy, and stops the old. The card in #deploys calls it a success only when ECS does. Too slow? The slider above speeds up time.",
    tab: "cluster",
    points: () => service(),
    // ECS is done a moment before the bot has seen it, and until then the bot refuses the next deploy.
    done: (world, good, message) => world.tag === good && world.state === "COMPLETED" && (says(message, "succeeded") || seen("· succeeded")),
  },
  {
    title: "Now one that fails",
    text: () => "Image v44 crashes as it starts. With --yes there is no preview:",
    words: () => "/tinystacks deploy shop staging v44 --yes",
    tab: "chat",
    points: () => composer(),
    done: (world) => world.tag === "v44",
  },
  {
    title: "Tasks die, and ECS tries again",
    text: () => "Choose a red task to see its log. The bot does the same for you: see the thread of its card.",
    tab: "cluster",
    points: () => document.querySelector('#ecs .task[data-look="failed"]') ?? service(),
    done: (world) => world.tag !== "v44" || world.failed >= 2,
  },
  {
    title: "Read why, then press Abort",
    text: () => "The card and its thread name the exit code, AWS's own words and the last log lines. Abort goes back to what worked before.",
    tab: "chat",
    points: () => button("Abort"),
    done: (world) => world.tag !== "v44",
  },
  {
    title: "Prod asks somebody else",
    text: () => "On staging your word was enough. On prod a second person has to agree:",
    words: (good) => `/tinystacks deploy shop prod ${good}`,
    tab: "chat",
    prod: true,
    points: () => composer(),
    done: (world, good, message) => (offers(message, "Deploy") && says(message, "prod")) || offers(message, "Approve"),
  },
  {
    title: "Press Deploy: it asks, and touches nothing",
    text: () => "The request goes to #prod and calls the approvers there, once.",
    tab: "chat",
    prod: true,
    points: () => button("Deploy"),
    done: (world, good, message) => offers(message, "Approve"),
  },
  {
    title: "Now be the approver",
    text: () => "Nobody approves their own change, whatever group they are in. One click makes you somebody else; two windows could be two people.",
    prod: true,
    points: () => approver(),
    done: () => approver()?.dataset.user === shared.me,
  },
  {
    title: "Read the request, then Approve",
    text: () => "It shows what changes and what to look out for. If anything moves between now and your click, the bot does nothing and says what moved.",
    tab: "chat",
    channel: "C0PROD",
    prod: true,
    points: () => button("Approve"),
    done: (world, good) => world.tag === good,
  },
  {
    title: "That was it",
    text: () => "Who asked and who agreed stands on the card, and in /tinystacks audit. Try next: kill -9 the bot in the middle of a rollout and start it again. Or break AWS under Controls, or change the service as somebody else, and see what the bot makes of it.",
    points: () => document.getElementById("bot"),
    next: "Done",
  },
];

const composer = () => document.getElementById("composer") ?? document.querySelector("#slack textarea");
const service = () => document.querySelector('#ecs [data-service="shop"]');

const approver = () => document.querySelector('#people .person[title*="approver"]');

const says = (message, word) => JSON.stringify(message?.blocks ?? []).includes(word);
const seen = (words) => document.getElementById("slack").textContent.includes(words);

const offers = (message, label) =>
  message?.blocks?.some((block) => block.elements?.some((one) => one.type === "button" && one.text.text === label));

function button(label) {
  const all = [...document.querySelectorAll("#slack button")];
  return all.filter((one) => one.textContent.trim() === label && !one.disabled).at(-1) ?? null;
}
