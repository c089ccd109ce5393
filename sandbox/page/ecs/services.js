// A service with its deployments: what is PRIMARY, what still runs beside it, and what ECS last said.
import { glyph, h, keyed, say, set } from "./dom.js";
import { LOOKS, clock, revisionColour } from "./looks.js";

const SQUARES = 16;   // above so many tasks the count is shown as a bar

export function serviceCard(cluster, service, open) {
  const parts = {
    count: h("span", { class: "count" }),
    fault: h("span", { class: "fault" }),
    deployments: h("ul", { class: "deployments" }),
    event: h("p", { class: "event" }),
  };
  const name = h("button", { type: "button", class: "service-name", onclick: () => open("service", `${cluster.name}/${service.name}`) }, service.name);
  const head = h("div", { class: "service-head" }, name, parts.count, parts.fault);
  const card = h("section", { class: "service", "data-service": service.name, "aria-label": `Service ${service.name}` });
  card.append(head, parts.deployments, parts.event);
  return Object.assign(card, { parts, kept: new Map() });
}

export function updateServiceCard(card, cluster, service) {
  const pending = service.pending ? `, ${service.pending} pending` : "";
  say(card.parts.count, `${service.running} of ${service.desired} running${pending}`);
  say(card.parts.fault, service.fault ? `next deployment: ${service.fault}` : "");
  keyed(card.parts.deployments, card.kept, service.deployments, (one) => one.id, deploymentRow,
    (row, one) => updateDeploymentRow(row, one, service.desired));
  const [event] = service.events;
  say(card.parts.event, event ? `${clock(event.at)} “${event.message}”` : "");
  set(card.parts.event, "title", event?.message);
  set(card, "data-busy", service.deployments[0]?.state === "IN_PROGRESS" ? "" : null);
}

export function deploymentRow(one) {
  const parts = {
    status: h("span", { class: "which" }),
    tag: h("span", { class: "tag" }, one.tag),
    meter: h("span", { class: "squares", role: "img" }),
    counts: h("span", { class: "counts" }),
    state: h("span", { class: "state" }),
    failed: h("span", { class: "failures" }),
  };
  const row = h("li", { class: "deployment", "data-deployment": one.id });
  row.style.setProperty("--revision", revisionColour(one.revision));
  row.append(parts.status, h("span", { class: "definition" }, one.task_definition), parts.tag, parts.meter, parts.counts, parts.state, parts.failed);
  return Object.assign(row, { parts });
}

export function updateDeploymentRow(row, one, desired) {
  const { parts } = row;
  set(row, "data-status", one.status);
  set(row, "data-state", one.state);
  say(parts.status, one.status);
  squares(parts.meter, one, one.status === "PRIMARY" ? desired : 0);
  const counts = `${one.running} running${one.pending ? `, ${one.pending} pending` : ""}`;
  say(parts.counts, one.state === "COMPLETED" && one.status === "PRIMARY" ? "" : counts);
  if (row.state !== one.state) {
    row.state = one.state;
    parts.state.replaceChildren(...stateSign(one.state), one.state);
  }
  set(parts.state, "title", one.reason);
  say(parts.failed, failures(one));
}

const SIGNS = { COMPLETED: "healthy", FAILED: "failed" };
const stateSign = (state) => (SIGNS[state] ? [glyph(LOOKS[SIGNS[state]].path), " "] : []);

function failures(one) {
  const counting = one.breaker.failures && one.breaker.state !== "DISABLED";
  const breaker = counting ? `circuit breaker ${one.breaker.failures} of ${one.breaker.threshold}` : "";
  const failed = one.failed ? `failedTasks ${one.failed}` : "";
  return [failed, breaker].filter(Boolean).join(" · ");
}

function squares(meter, one, desired) {
  const total = Math.max(desired, one.running + one.pending);
  const known = `${one.running}/${one.pending}/${total}`;
  if (meter.known === known) return;
  meter.known = known;
  set(meter, "aria-label", `${one.running} running, ${one.pending} pending, ${total} wanted`);
  const each = total > SQUARES ? bar(one, total) : Array.from({ length: total }, (_, at) => square(at, one));
  meter.replaceChildren(...each);
}

function square(at, one) {
  return h("i", { "data-is": at < one.running ? "running" : at < one.running + one.pending ? "pending" : "missing" });
}

function bar(one, total) {
  const parts = { running: one.running, pending: one.pending, missing: total - one.running - one.pending };
  const shown = Object.entries(parts).filter(([, count]) => count > 0);
  return shown.map(([is, count]) => h("i", { "data-is": is, style: `width:${Math.max(4, (64 * count) / total)}px` }));
}
