/** Forms whose answer may take a while: they are sent once, and their button says so. */

function onSubmit(event) {
  const form = event.target;
  if (!form.matches("form[data-waits]") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const button = event.submitter ?? form.querySelector("button");
  if (!button) return;
  button.setAttribute("aria-disabled", "true");
  button.dataset.said = button.innerHTML;
  button.textContent = form.dataset.waits;
}

/** A page that comes back from the browser's memory can be sent again. */
function onShow(event) {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-waits][data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[data-said]")) {
      button.removeAttribute("aria-disabled");
      button.innerHTML = button.dataset.said;
      delete button.dataset.said;
    }
  }
}

export function start() {
  document.addEventListener("submit", onSubmit);
  window.addEventListener("pageshow", onShow);
}
