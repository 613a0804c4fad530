/**
 * Lists by keyboard: j and k move, Enter opens, c claims. Also rows that open on a click,
 * check boxes that count what a bulk action will touch, and pages that ask before they act.
 */

function typing(target) {
  return target.closest?.("input, textarea, select, [contenteditable], dialog");
}

function rows() {
  return [...document.querySelectorAll("[data-row]")];
}

function go(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  const link = next.querySelector("[data-open]") ?? next;
  link.focus();
  next.scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target)) return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "c") {
    const row = document.activeElement?.closest?.("[data-row]");
    const button = (row ?? document).querySelector("[data-claim]");
    if (!button) return;
    button.click();
  } else if (event.key === "?") {
    document.getElementById("keys")?.showModal();
  } else return;
  event.preventDefault();
}

function onClick(event) {
  const row = event.target.closest("[data-row]");
  if (!row || event.target.closest("a, button, input, label, form")) return;
  if (window.getSelection()?.toString()) return;
  row.querySelector("a[data-open]")?.click();
}

function onSelect(event) {
  const form = event.target.closest("form[data-bulk]");
  if (!form) return;
  const boxes = [...form.querySelectorAll('input[name="id"]')];
  if (event.target.matches("[data-all]")) {
    for (const box of boxes) box.checked = event.target.checked;
  }
  const chosen = boxes.filter((box) => box.checked).length;
  const bar = form.querySelector("[data-bulk-bar]");
  bar.hidden = chosen === 0;
  for (const count of form.querySelectorAll("[data-bulk-count]")) count.textContent = chosen;
}

/** Asks in our own dialog; the form goes on only when the person says yes. */
function onSubmit(event) {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (!question || event.target.dataset.confirmed) return;
  event.preventDefault();
  const dialog = document.getElementById("confirm");
  const chosen = event.target.querySelectorAll('input[name="id"]:checked').length;
  dialog.querySelector("[data-question]").textContent = question.replace("{count}", chosen);
  dialog.querySelector("[data-yes]").textContent = event.submitter?.dataset.confirmYes ?? "Yes";
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue !== "yes") return;
    event.target.dataset.confirmed = "1";
    event.target.requestSubmit(event.submitter);
  };
  dialog.showModal();
}

export function start() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  document.addEventListener("change", onSelect);
  document.addEventListener("submit", onSubmit);
}
