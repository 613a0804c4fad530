/** Short messages below the page that go away by themselves, unless they lead on or tell of trouble. */

const SECONDS_SHOWN = 7;

export function toast(text, tone = "calm") {
  const shelf = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!shelf || !template) return;
  const element = template.content.firstElementChild.cloneNode(true);
  element.classList.add(`toast-${tone}`);
  element.querySelector("[data-text]").textContent = text;
  shelf.append(element);
  watch(element, tone);
}

/** Lets a toast leave: at once by its button, by itself when it brings neither trouble nor a link. */
export function watch(element, tone) {
  const leave = () => element.remove();
  element.querySelector("button")?.addEventListener("click", leave);
  if (tone !== "late" && !element.querySelector("a")) {
    let timer;
    const soon = () => {
      clearTimeout(timer);
      // Who reads it with the mouse or the keyboard keeps it.
      if (element.matches(":hover, :focus-within")) return;
      timer = setTimeout(leave, SECONDS_SHOWN * 1000);
    };
    soon();
    for (const stay of ["mouseenter", "focusin"]) element.addEventListener(stay, () => clearTimeout(timer));
    for (const go of ["mouseleave", "focusout"]) element.addEventListener(go, soon);
  }
}
