// Elements by name; text is always text, never markup.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) put(element, name, value);
  element.append(...children.flat().filter((one) => one !== null && one !== undefined));
  return element;
}

function put(element, name, value) {
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (value === true) element.setAttribute(name, "");
  else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
}

// Writes only what differs, so that an element nobody changed is never laid out again.
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function set(element, name, value) {
  if (value === null || value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

// Makes the children of `parent` be one element for each item, in order; kept by key, made and removed as needed.
// `kept`: Map key -> element. True when an element came, went or moved.
export function keyed(parent, kept, items, keyOf, make, update) {
  let moved = false;
  const wanted = new Set(items.map(keyOf));
  for (const [key, element] of kept) {
    if (!wanted.has(key)) { element.remove(); kept.delete(key); moved = true; }
  }
  let at = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const known = kept.get(key);
    const element = known ?? make(item);
    if (!known) kept.set(key, element);
    if (element === at) at = at.nextElementSibling;
    else { parent.insertBefore(element, at); moved = true; }
    update(element, item);
  }
  return moved;
}

const SVG = "http://www.w3.org/2000/svg";

export function glyph(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("class", "glyph");
  svg.setAttribute("aria-hidden", "true");
  const drawn = document.createElementNS(SVG, "path");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  return svg;
}

export const moves = () => !matchMedia("(prefers-reduced-motion: reduce)").matches;
