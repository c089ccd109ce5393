// The sandbox's control API. Every call answers JSON; a refusal is thrown with the sandbox's own words.

export class Refused extends Error {}

async function answerOf(response) {
  const body = await response.json();
  if (!response.ok) throw new Refused(body.error ?? `The sandbox answered ${response.status}.`);
  return body;
}

export async function look(name, query = {}) {
  return answerOf(await fetch(`/sandbox/slack/${name}?${new URLSearchParams(query)}`));
}

export async function act(name, body) {
  return answerOf(await fetch(`/sandbox/slack/${name}`, { method: "POST", body: JSON.stringify(body) }));
}

export async function world() {
  return answerOf(await fetch("/sandbox/page/world"));
}
