/** Lists of problems: a chip shows one severity alone, pressed again all of them. */

export function start() {
  for (const list of document.querySelectorAll("[data-problems]")) {
    list.addEventListener("click", (event) => {
      const chip = event.target.closest("[data-only]");
      if (chip) only(list, chip);
    });
  }
}

function only(list, chosen) {
  const wanted = chosen.getAttribute("aria-pressed") === "true" ? null : chosen.dataset.only;
  for (const chip of list.querySelectorAll("[data-only]")) {
    chip.setAttribute("aria-pressed", String(chip.dataset.only === wanted));
  }
  for (const group of list.querySelectorAll("[data-severity]")) {
    group.hidden = wanted !== null && group.dataset.severity !== wanted;
  }
}
