/** Buttons that copy what stands beside them, and say so there, to eyes and screen readers. */

const SECONDS_SAID = 6;
const timers = new WeakMap();

function say(place, text) {
  place.textContent = text;
  clearTimeout(timers.get(place));
  timers.set(place, setTimeout(() => (place.textContent = ""), SECONDS_SAID * 1000));
}

/** Browsers let pages write to the clipboard over HTTPS alone; elsewhere the text is selected. */
async function onClick(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const place = button.parentElement.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(place, "Copied");
  } catch {
    window.getSelection().selectAllChildren(button.previousElementSibling);
    say(place, "Selected: copy it with Ctrl C");
  }
}

export function start() {
  document.addEventListener("click", onClick);
}
