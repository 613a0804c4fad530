/** Keeps «in 12 min» true while a page stays open. The same words as webapp/filters.py. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The distance in words, from a number of seconds (positive: in the future). */
export function relative(seconds) {
  const size = Math.abs(seconds);
  if (size < 45) return seconds <= 0 ? "just now" : "in under a minute";
  let text;
  if (size < 90 * MINUTE) text = `${Math.round(size / MINUTE)} min`;
  else if (size < 36 * HOUR) text = `${Math.round(size / HOUR)} h`;
  else {
    const days = Math.round(size / DAY);
    text = `${days} ${days === 1 ? "day" : "days"}`;
  }
  return seconds < 0 ? `${text} ago` : `in ${text}`;
}

/** Where a due date stands: late, soon (within the hour) or calm. */
export function urgency(seconds) {
  if (seconds < 0) return "late";
  return seconds <= HOUR ? "soon" : "calm";
}

/** How far the server's clock is ahead of this computer's, in milliseconds. */
function ahead() {
  const server = Date.parse(document.body.dataset.now ?? "");
  return Number.isNaN(server) ? 0 : server - loaded;
}

const loaded = Date.now();

function tick() {
  const now = Date.now() + ahead();
  for (const element of document.querySelectorAll("time[data-rel]")) {
    const seconds = (new Date(element.dateTime).getTime() - now) / 1000;
    const due = element.closest("[data-due]");
    let text = relative(seconds);
    if (due) {
      const state = urgency(seconds);
      if (state === "late") text = text === "just now" ? "now" : `${text.slice(0, -4)} late`;
      if (due.dataset.due !== state) {
        due.classList.remove(`due-${due.dataset.due}`);
        due.classList.add(`due-${state}`);
        due.dataset.due = state;
      }
    }
    if (element.textContent !== text) element.textContent = text;
  }
}

export function start() {
  setInterval(tick, 20_000);
  document.addEventListener("visibilitychange", () => document.hidden || tick());
}
