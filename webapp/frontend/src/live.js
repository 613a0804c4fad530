/**
 * News from the server. One stream a page; each piece of news becomes a DOM event on the body
 * ("live:user_task", "live:instance", ...) which htmx triggers listen to.
 *
 * Bursts are merged: an element that listens is asked to refresh at most about once a second.
 */

const CALM_MS = 900;
const KINDS = ["user_task", "instance", "incident", "conversation"];

export function start() {
  const url = document.body.dataset.live;
  if (!url || !("EventSource" in window)) return;
  const state = document.getElementById("live-state");
  const waiting = new Map();

  function tell(kind) {
    if (waiting.has(kind)) return;
    const timer = setTimeout(() => {
      waiting.delete(kind);
      document.body.dispatchEvent(new CustomEvent(`live:${kind}`));
    }, waiting.size === 0 ? 60 : CALM_MS);
    waiting.set(kind, timer);
  }

  const source = new EventSource(url);
  let lost = false;
  source.addEventListener("open", () => {
    if (state) state.hidden = true;
    document.documentElement.dataset.live = "on";
    if (lost) {
      // What happened while the line was down was not heard: look at everything once.
      KINDS.forEach(tell);
    }
    lost = false;
  });
  source.addEventListener("error", () => {
    lost = true;
    document.documentElement.dataset.live = "off";
    if (state) state.hidden = false;
  });
  for (const kind of KINDS) source.addEventListener(kind, () => tell(kind));
  source.addEventListener("reload", () => KINDS.forEach(tell)); // the stream dropped some news
  window.addEventListener("pagehide", () => source.close());
}
