// The clusters: services on top, below them the zones with their instances and the tasks on these.
import { h, keyed, say, set } from "./dom.js";
import { short } from "./looks.js";
import { serviceCard, updateServiceCard } from "./services.js";
import { crowded, fill, places, settle } from "./tasks.js";

export function clusterCard(cluster, open) {
  const kept = { services: new Map(), zones: new Map(), instances: new Map(), chips: new Map() };
  const parts = {
    group: cluster.group
      ? h("button", { type: "button", class: "asg", onclick: () => open("group", cluster.name) })
      : h("span", { class: "asg" }),
    services: h("div", { class: "services" }),
    zones: h("div", { class: "zones" }),
    elsewhere: h("div", { class: "elsewhere" }),
  };
  const head = h("header", {}, h("h2", {}, cluster.name), h("span", { class: "region" }, cluster.region), parts.group);
  const card = h("article", { class: "cluster", "data-cluster": cluster.name, "aria-label": `Cluster ${cluster.name}` });
  card.append(head, parts.services, parts.zones, parts.elsewhere);
  return Object.assign(card, { parts, kept, open });
}

export function updateClusterCard(card, cluster) {
  const { parts, kept, open } = card;
  say(parts.group, groupWords(cluster.group));
  keyed(parts.services, kept.services, cluster.services, (one) => one.name,
    (one) => serviceCard(cluster, one, open), (element, one) => updateServiceCard(element, cluster, one));
  const before = places(card);
  const moved = updateZones(card, cluster) | updateElsewhere(card, cluster);
  if (moved) settle(card, before);
}

function groupWords(group) {
  if (!group) return "Fargate: no instances to look after";
  const starting = group.starting ? `, ${group.starting} starting` : "";
  return `Auto Scaling group ${group.name}: ${group.desired} wanted (${group.min}–${group.max})${starting}`;
}

function updateZones(card, cluster) {
  const zones = cluster.zones.filter((one) => one.instances.length);
  const tasks = Map.groupBy(cluster.tasks, (one) => one.instance);
  set(card.parts.zones, "data-dense", crowded([...tasks].map(([instance, each]) => (instance ? each : []))) ? "" : null);
  let moved = keyed(card.parts.zones, card.kept.zones, zones, (one) => one.name, zoneColumn, () => {});
  for (const zone of zones) {
    const column = card.kept.zones.get(zone.name);
    moved |= keyed(column.boxes, column.kept, zone.instances, (one) => one.id,
      (one) => instanceBox(one, card.open), (box, one) => updateInstance(box, one));
    for (const one of zone.instances) {
      const box = column.kept.get(one.id);
      moved |= fill(box, tasks.get(one.id) ?? [], card.open);
    }
  }
  return moved;
}

function zoneColumn(zone) {
  const boxes = h("div", { class: "boxes" });
  const column = h("section", { class: "zone", "aria-label": `Zone ${zone.name}` }, h("h3", {}, zone.name), boxes);
  return Object.assign(column, { boxes, kept: new Map() });
}

function instanceBox(instance, open) {
  const chips = h("div", { class: "chips" });
  const meter = h("span", { class: "meter" });
  const status = h("span", { class: "status" });
  const head = h("button", { type: "button", class: "instance-head", onclick: () => open("instance", instance.id) });
  head.append(h("span", {}, `i-…${short(instance.ec2_id)}`), status, meter);
  return Object.assign(h("div", { class: "instance", "data-instance": instance.ec2_id }, head, chips), { chips, meter, head, status, kept: new Map() });
}

function updateInstance(box, one) {
  const memory = Math.round(100 * (1 - one.memory_left / one.memory));
  const cpu = Math.round(100 * (1 - one.cpu_left / one.cpu));
  box.meter.style.setProperty("--full", `${Math.max(cpu, memory)}%`);
  say(box.status, one.status === "ACTIVE" ? "" : one.status);
  set(box.head, "aria-label", `Instance ${one.ec2_id}, ${one.type}, ${one.status}, CPU ${cpu} % and memory ${memory} % reserved`);
  set(box.head, "title", `${one.ec2_id} ${one.type} · CPU ${cpu} %, memory ${memory} % reserved`);
}

// Tasks on Fargate, and those whose instance has gone.
function updateElsewhere(card, cluster) {
  const here = new Set(cluster.zones.flatMap((zone) => zone.instances.map((one) => one.id)));
  const groups = [
    { name: "Fargate", tasks: cluster.tasks.filter((one) => one.instance === null) },
    { name: "On instances that are gone", tasks: cluster.tasks.filter((one) => one.instance !== null && !here.has(one.instance)) },
  ].filter((one) => one.tasks.length);
  let moved = keyed(card.parts.elsewhere, card.kept.instances, groups, (one) => one.name, elsewhereBox, () => {});
  for (const group of groups) {
    const box = card.kept.instances.get(group.name);
    set(box.chips, "data-dense", crowded([group.tasks.slice(12)]) ? "" : null);
    moved |= fill(box, group.tasks, card.open);
  }
  return moved;
}

function elsewhereBox(group) {
  const chips = h("div", { class: "chips roomy" });
  return Object.assign(h("div", { class: "instance fargate" }, h("h3", {}, group.name), chips), { chips, kept: new Map() });
}
