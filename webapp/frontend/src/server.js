/** htmx: its settings, the CSRF token on each request, and what a failed request tells people. */
import htmx from "htmx.org/dist/htmx.esm.js";
import { toast } from "./toasts.js";

window.htmx = htmx;
htmx.config.includeIndicatorCSS = false; // the stylesheet has the rules; CSP refuses a <style>
htmx.config.morphScanLimit = 60;

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

document.addEventListener("htmx:config:request", (event) => {
  event.detail.ctx.request.headers["X-CSRFToken"] = csrfToken();
});

// A live refresh that fails is tried again with the next news; only what a person asked for
// is worth a message. A sign-in page in place of a fragment means that the session ended.
document.addEventListener("htmx:before:swap", (event) => {
  const response = event.detail.ctx?.response?.raw;
  if (response?.redirected && new URL(response.url).pathname.startsWith("/login")) {
    event.preventDefault();
    window.location.assign(response.url);
  } else if (response && response.status >= 400) {
    event.preventDefault();
    if (!event.detail.ctx.sourceElement?.matches("[data-live-part]")) {
      toast("That did not work. Reload the page and try again.", "late");
    }
  }
});

export { htmx };
