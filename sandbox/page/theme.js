// Light, dark, or what the system says; kept for the next visit.
const CHOICES = { system: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };
const SIGNS = { system: "◐", light: "☀", dark: "☾" };

export function mountTheme(button) {
  show(button, stored());
  button.addEventListener("click", () => {
    const names = Object.keys(CHOICES);
    show(button, names[(names.indexOf(document.documentElement.dataset.theme) + 1) % names.length]);
  });
}

function stored() {
  const kept = localStorage.getItem("theme");
  return kept in CHOICES ? kept : "system";
}

function show(button, choice) {
  localStorage.setItem("theme", choice);
  document.documentElement.dataset.theme = choice;
  button.textContent = SIGNS[choice];
  button.setAttribute("aria-label", CHOICES[choice]);
  button.title = CHOICES[choice];
}
