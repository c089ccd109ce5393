// The controls: what the next deployment does, what somebody else does, and how Slack and AWS misbehave.
import { h, keyed, say } from "./dom.js";
import { ACT, FAULTS, SLACK_FAULTS, choice, doing, faultOptions, number, outcome } from "./forms.js";
import { clusters, heard, on } from "./live.js";

export function mountControls(root) {
  root.append(nextDeployment(), somebodyElse(), breakSlack(), breakAws());
}

function panel(title, about, ...children) {
  return h("section", { class: "panel", "aria-label": title }, h("h2", {}, title), h("p", { class: "about" }, about), ...children);
}

// Every service of the world as CLUSTER/SERVICE, kept up to date.
function serviceChoice() {
  const one = choice("Service");
  const offer = () => one.offer(clusters().flatMap((cluster) => cluster.services.map((service) => {
    const name = `${cluster.name}/${service.name}`;
    return { value: name, words: `${service.name} in ${cluster.name}` };
  })));
  heard.addEventListener("cluster", offer);
  offer();
  return one;
}

function chosen(select) {
  const [name, service] = select.value.split("/");
  const cluster = clusters().find((one) => one.name === name);
  return { region: cluster?.region, cluster: name, service };
}

function nextDeployment() {
  const said = outcome();
  const service = serviceChoice();
  const kind = choice("Its tasks");
  on("world", (world) => world && kind.offer(faultOptions(world.kinds).filter((one) => one.value !== "fine")));
  const body = () => {
    const { cluster, service: name } = chosen(service.select);
    return { fault: "next_deployment", cluster, service: name, kind: kind.select.value };
  };
  const waiting = h("ul", { class: "standing", "aria-label": "Faults of next deployments" });
  heard.addEventListener("cluster", () => waiting.replaceChildren(...pendingFaults()));
  return panel("Next deployment", "Whoever starts it, the bot or somebody else: this is what happens to it.",
    h("div", { class: "row" }, service, kind, doing("Set the fault", FAULTS, body, said)), waiting, said);
}

const pendingFaults = () => clusters().flatMap((cluster) => cluster.services.filter((one) => one.fault)
  .map((one) => h("li", {}, `${one.name} in ${cluster.name}: ${one.fault}`)));

function somebodyElse() {
  const said = outcome();
  const service = serviceChoice();
  const tag = choice("Image");
  const count = number("Tasks", 3, 0, 200);
  const offer = () => tag.offer(tagsOf(chosen(service.select)));
  heard.addEventListener("cluster", offer);
  service.select.addEventListener("change", offer);
  const where = (act, more) => () => ({ act, ...chosen(service.select), ...more() });
  return panel("Somebody else", "A colleague at the AWS console or a pipeline, past the bot: does it notice?",
    h("div", { class: "row" }, service, tag, doing("Update", ACT, where("deploy", () => ({ tag: tag.select.value })), said)),
    h("div", { class: "row" }, count, doing("Scale", ACT, where("scale", () => ({ desired: Number(count.input.value) })), said),
      doing("Force a new deployment", ACT, where("update_service", () => ({ forceNewDeployment: true })), said)),
    h("p", { class: "about hint" }, "To stop a task or take an instance away, choose it in the picture."), said);
}

function tagsOf({ cluster, service }) {
  const found = clusters().find((one) => one.name === cluster)?.services.find((one) => one.name === service);
  return (found?.tags ?? []).map((tag) => ({ value: tag, words: tag }));
}

const SLACK = [
  ["429, five times", "The next five calls are told to come back in two seconds.", { kind: "ratelimited", times: 5, retry_after: 2 }],
  ["503, five times", "The next five calls get no answer from Slack but its proxy's.", { kind: "unavailable", times: 5 }],
  ["internal_error, five", "Slack answers, and says it is broken.", { kind: "error", times: 5, error: "internal_error" }],
  ["Slow, ten times", "Each is done at once and answered three seconds later.", { kind: "slow", times: 10, seconds: 3 }],
  ["Cut two answers", "Done, but the connection ends before the answer: was it posted?", { kind: "drop_after", times: 2 }],
  ["Cut the socket", "The Socket Mode connection breaks without a word.", { kind: "cut_socket" }],
  ["Ask it to reconnect", "Slack's own refresh_requested, as every few hours.", { kind: "refresh_requested" }],
  ["Deliver twice", "The next click or command arrives two times.", { kind: "redeliver" }],
];

function breakSlack() {
  const said = outcome();
  const standing = h("ul", { class: "standing", "aria-label": "Slack's faults still to come" });
  on("slack", (slack) => standing.replaceChildren(...(slack?.faults ?? []).map((one) => h("li", {}, `${one.kind}, ${one.times} more`))));
  return panel("Break Slack", "For a while: each of these uses itself up.", rows(SLACK, SLACK_FAULTS, said), standing, said);
}

const AWS = [
  ["Unreachable for 15 s", "Every connection is closed without an answer.", { fault: "unreachable", seconds: 15 }],
  ["Throttle 20 calls", "ThrottlingException, Rate exceeded.", { fault: "throttle", operation: "*", times: 20 }],
  ["Deny UpdateService", "AccessDeniedException until mended.", { fault: "deny", operation: "UpdateService" }],
  ["Deny everything", "The role may do nothing any more, until mended.", { fault: "deny", operation: "*" }],
  ["Two seconds slower", "Every call, until mended.", { fault: "latency", seconds: 2 }],
  ["Slow to notice", "The next three DescribeServices do not see the next UpdateService.", { fault: "stale", describes: 3 }],
];

function breakAws() {
  const said = outcome();
  const standing = h("ul", { class: "standing", "aria-label": "AWS's faults now" });
  on("world", (world) => world && showStanding(standing, world.faults));
  const mend = doing("Mend everything", FAULTS, () => ({ fault: "clear" }), said);
  return panel("Break AWS", "What the bot meets when AWS, its network or its permissions fail.", rows(AWS, FAULTS, said), standing,
    h("div", { class: "row" }, mend), said);
}

function rows(list, path, said) {
  return h("ul", { class: "breaks" }, list.map(([words, about, body]) =>
    h("li", {}, doing(words, path, () => ({ ...body }), said), h("span", {}, about))));
}

function showStanding(list, faults) {
  const words = Object.entries(faults).map(([name, what]) => `${name}: ${wordsOf(what)}`);
  list.kept ??= new Map();
  keyed(list, list.kept, words, (one) => one.split(":")[0], () => h("li", {}), (element, one) => say(element, one));
}

function wordsOf(what) {
  if (Array.isArray(what)) return what.join(", ");
  if (typeof what === "object") return Object.entries(what).map(([name, each]) => `${name === "*" ? "any call" : name} ${each}`).join(", ");
  return String(what);
}
