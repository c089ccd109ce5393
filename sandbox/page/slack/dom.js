// Building elements. Strings always become text nodes: nothing anybody wrote is ever parsed as HTML.

// h("button", {class: "x", onclick: f, "aria-label": "y", disabled: false}, "text", [more], null)
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

function setProp(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (name === "value") element.value = value;
  else element.setAttribute(name, value === true ? "" : value);
}

let count = 0;
export const newId = (prefix) => `${prefix}-${(count += 1)}`;

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Only addresses that lead to a page or a mail may become links.
export function safeUrl(url) {
  return /^(https?:|mailto:)/i.test(url) ? url : null;
}

export function link(url, ...children) {
  const href = safeUrl(url);
  return href
    ? h("a", { href, target: "_blank", rel: "noreferrer noopener" }, ...children)
    : h("span", {}, ...children);
}

// A button that copies; says so for a moment, to screen readers too.
export function copyButton(words, label = "Copy") {
  const button = h("button", { type: "button", class: "copy", "aria-live": "polite" }, label);
  button.addEventListener("click", async () => {
    await copy(words());
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = label;
    }, 1500);
  });
  return button;
}

async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    // Without a secure context there is no clipboard API; a selection that copies itself still works.
    const area = h("textarea", { class: "sr-only", value: words });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
