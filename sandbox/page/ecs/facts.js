// The details of one task, instance or service. Each returns {update, end}: update() shows what is known now and
// answers with the title.
import { h, keyed, say } from "./dom.js";
import { ACT, FAULTS, choice, doing, faultOptions, number, outcome } from "./forms.js";
import { clusters, parts } from "./live.js";
import { clock } from "./looks.js";
import { watchLog } from "./log.js";
import { deploymentRow, updateDeploymentRow } from "./services.js";

function facts(body) {
  const list = h("dl", {});
  const kept = new Map();
  body.append(list);
  return (pairs) => keyed(list, kept, pairs.filter(([, value]) => value), ([name]) => name,
    ([name]) => { const value = h("dd", {}); return Object.assign(h("div", {}, h("dt", {}, name), value), { value }); },
    (element, [, value]) => say(element.value, String(value)));
}

function find(list, id) {
  for (const cluster of clusters()) {
    const one = list(cluster).find((each) => each.id === id);
    if (one) return [cluster, one];
  }
  return [null, null];
}

export function taskDetails(body, id) {
  const show = facts(body);
  const said = outcome();
  let [cluster, task] = find((one) => one.tasks, id);
  const where = { region: cluster.region, cluster: cluster.name };
  const stop = doing("Stop this task", ACT, () => ({ act: "stop_task", ...where, task: id }), said);
  body.append(h("div", { class: "row" }, stop, h("span", { class: "about" }, "as somebody else; ECS replaces it")), said);
  const log = watchLog(body, { ...where, task: id });
  const update = () => {
    [cluster, task] = find((one) => one.tasks, id).map((now, at) => now ?? [cluster, { ...task, status: "STOPPED" }][at]);
    stop.disabled = task.status !== "RUNNING";
    show(taskFacts(task, cluster));
    return `${task.service}:${task.revision} · ${task.tag} · ${task.status}`;
  };
  return { update, end: log.end };
}

function taskFacts(task, cluster) {
  const instance = cluster.zones.flatMap((zone) => zone.instances).find((one) => one.id === task.instance);
  return [
    ["stoppedReason", task.reason && `“${task.reason}”`], ["Exit code", task.exit_code === null ? "" : String(task.exit_code)],
    ["Task", task.id], ["Status", task.health === "UNKNOWN" ? task.status : `${task.status}, ${task.health}`],
    ["Where", instance ? `${instance.ec2_id} in ${task.zone}` : `Fargate in ${task.zone}`],
    ["Started by", task.deployment], ["Created", clock(task.created_at)],
  ];
}

export function instanceDetails(body, id) {
  const show = facts(body);
  const said = outcome();
  let [cluster, one] = find((each) => each.zones.flatMap((zone) => zone.instances), id);
  const terminate = doing("Terminate the instance", ACT, () => ({ act: "terminate_instance", region: cluster.region, instance: one.ec2_id }), said);
  body.append(h("div", { class: "row" }, terminate, h("span", { class: "about" }, "its group starts another one")), said);
  const update = () => {
    const [, now] = find((each) => each.zones.flatMap((zone) => zone.instances), id);
    terminate.disabled = !now;
    one = now ?? one;
    show([
      ["Status", now ? one.status : "gone"], ["Type", one.type], ["Container instance", one.id],
      ["CPU", `${one.cpu - one.cpu_left} of ${one.cpu} units reserved`],
      ["Memory", `${one.memory - one.memory_left} of ${one.memory} MiB reserved`],
    ]);
    return `Instance ${one.ec2_id}`;
  };
  return { update };
}

export function groupDetails(body, name) {
  const show = facts(body);
  const said = outcome();
  const cluster = () => clusters().find((one) => one.name === name);
  const { region, group } = cluster();
  const size = number("Instances", group.desired, 0, 100);
  const resize = () => ({ act: "resize_group", region, group: group.name, desired: Number(size.input.value) });
  body.append(h("div", { class: "row" }, size, doing("Set the size", ACT, resize, said), h("span", { class: "about" }, "as somebody else")), said);
  const update = () => {
    const now = cluster();
    const joined = now.zones.map((zone) => zone.instances.length);
    show([
      ["Wanted", `${now.group.desired}, from ${now.group.min} to ${now.group.max}`],
      ["In the cluster", `${joined.reduce((sum, one) => sum + one, 0)}, by zone ${joined.join(", ")}`],
      ["Starting", now.group.starting && `${now.group.starting}: each joins about 30 s after it was ordered`],
    ]);
    return `Auto Scaling group ${now.group.name}`;
  };
  return { update };
}

export function serviceDetails(body, id) {
  const [name, service] = id.split("/");
  const cluster = clusters().find((one) => one.name === name);
  const where = { region: cluster.region, cluster: name, service };
  const deployments = h("ul", { class: "deployments" });
  const events = h("ol", { class: "events" });
  body.append(h("h3", {}, "Deployments"), deployments);
  const show = facts(body);
  const offer = serviceActs(body, where);
  body.append(h("h3", {}, "Service events, newest first"), events);
  const kept = { deployments: new Map(), events: new Map() };
  const update = () => {
    const one = clusters().find((each) => each.name === name).services.find((each) => each.name === service);
    keyed(deployments, kept.deployments, one.deployments, (each) => each.id, deploymentRow, (row, each) => updateDeploymentRow(row, each, one.desired));
    keyed(events, kept.events, one.events, (each) => each.id, eventLine, () => {});
    show([["Reason", one.deployments[0].reason], ["Bounds", `${one.minimum_percent} % to ${one.maximum_percent} % of ${one.desired} while deploying`]]);
    offer(one);
    return `Service ${service} in ${name}`;
  };
  return { update };
}

const eventLine = (event) => h("li", {}, h("time", { datetime: event.at }, clock(event.at)), h("q", {}, event.message));

function serviceActs(body, where) {
  const said = outcome();
  const kind = choice("Next deployment", faultOptions(parts.get("world")?.kinds ?? []));
  const tag = choice("Image");
  const count = number("Tasks", 2, 0, 200);
  const fault = () => ({ fault: "next_deployment", cluster: where.cluster, service: where.service, kind: kind.select.value });
  body.append(
    h("h3", {}, "As somebody else"),
    h("div", { class: "row" }, tag, doing("Update", ACT, () => ({ act: "deploy", ...where, tag: tag.select.value }), said),
      count, doing("Scale", ACT, () => ({ act: "scale", ...where, desired: Number(count.input.value) }), said)),
    h("div", { class: "row" }, kind, doing("Set", FAULTS, fault, said)), said);
  return (service) => tag.offer(service.tags.map((each) => ({ value: each, words: each })));
}
