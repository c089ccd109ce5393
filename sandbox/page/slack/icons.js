// The page's own signs as drawings: emoji fonts are not everywhere.
const SHAPES = {
  lock: "M5 7V5a3 3 0 0 1 6 0v2M3.5 7h9v6.5h-9z",
  hash: "M6 2.5 5 13.5M11 2.5l-1 11M2.8 6h11M2.2 10h11",
  app: "M8 1.8 14.2 8 8 14.2 1.8 8z",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  reply: "M2.5 3.5h11v7h-6l-3 3v-3h-2z",
  send: "M2.5 8 13.5 2.8 9.8 13.5 7.6 9z",
  bolt: "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z",
  file: "M4 1.8h5l3.2 3.2v9.2H4zM9 1.8V5h3.2",
  menu: "M2 4h12M2 8h12M2 12h12",
  close: "M4 4l8 8M12 4l-8 8",
  back: "M9.5 3 4.5 8l5 5",
  down: "M4 6l4 4 4-4",
  trash: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 9h5.8l.6-9",
  up: "M7 14V7L9.5 2.5c1 0 1.8.8 1.5 2L10.5 6.5H13l-.8 6c-.1.9-.6 1.5-1.5 1.5zM3 7h2v7H3z",
};
const SVG = "http://www.w3.org/2000/svg";

export function icon(name, turned = false) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", turned ? "icon turned" : "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}
