/**
 * Files of an answer: sent to the server as soon as they are chosen, named by the form from then on.
 *
 * The server answers with the list as it is. Whatever changes the list tells the form, so that the
 * answer is looked at again.
 */
import { csrfToken } from "./server.js";
import { toast } from "./toasts.js";

async function change(place, address, file) {
  const form = place.closest("form");
  const body = new FormData(form);
  if (file) body.append("file", file);
  let response;
  try {
    response = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } });
  } catch {
    toast("The server cannot be reached. The file was not added.", "late");
    return;
  }
  if (response.redirected || (!response.ok && response.status !== 422)) {
    toast(response.status === 413 ? "The file is too large." : "That did not work. Reload the page and try again.", "late");
    return;
  }
  place.innerHTML = await response.text();
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

export function start() {
  document.addEventListener("change", async (event) => {
    const input = event.target.closest?.("[data-add-files]");
    if (!input) return;
    const place = document.getElementById(input.dataset.list);
    // One after the other: each answer holds the files before it.
    for (const file of [...input.files]) await change(place, input.dataset.addFiles, file);
    input.value = "";
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-remove-file]");
    const place = button?.closest("[data-files]");
    if (place) change(place, button.dataset.removeFile);
  });
}
