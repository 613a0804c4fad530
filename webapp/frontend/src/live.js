/**
 * News from the server. One stream a page; each piece of news becomes a DOM event on the body
 * ("live:user_task", "live:instance", ...) which htmx triggers listen to.
 *
 * The first news after a quiet while is told at once. What follows is gathered and told together
 * about once a second, however much comes: every open page asks the server anew each time.
 */

const SOON_MS = 60;
const CALM_MS = 900;
const KINDS = ["user_task", "instance", "incident", "conversation"];

export function start() {
  const url = document.body.dataset.live;
  if (!url || !("EventSource" in window)) return;
  const state = document.getElementById("live-state");
  const waiting = new Set();
  let told = -Infinity;

  function tell(kind) {
    const timed = waiting.size > 0;
    waiting.add(kind);
    if (timed) return; // the timer of the first one tells of all
    setTimeout(
      () => {
        told = performance.now();
        const kinds = [...waiting];
        waiting.clear();
        for (const each of kinds) document.body.dispatchEvent(new CustomEvent(`live:${each}`));
      },
      Math.max(SOON_MS, told + CALM_MS - performance.now()),
    );
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
