/**
 * Sets light or dark before the first paint, so it is loaded alone and blocking.
 *
 * The choice is "system" (default), "light" or "dark", kept in localStorage.
 */
const KEY = "corral.theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function choice() {
  try {
    return localStorage.getItem(KEY) || "system";
  } catch {
    return "system"; // storage may be blocked; following the system needs none
  }
}

function apply() {
  const wanted = choice();
  const name = wanted === "system" ? (dark.matches ? "dark" : "light") : wanted;
  document.documentElement.dataset.bsTheme = name;
  document.documentElement.dataset.themeChoice = wanted;
}

apply();
dark.addEventListener("change", apply);
window.corralTheme = {
  choice,
  choose(name) {
    try {
      localStorage.setItem(KEY, name);
    } catch {
      // Not kept: the next page follows the system again.
    }
    apply();
  },
};
