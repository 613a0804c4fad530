/**
 * Ctrl-K: jump to a page, a queue, an instance, a customer. What is on the page already (the
 * navigation) is filtered here; the rest is asked from the server.
 */

const PAUSE_MS = 160;

export function start() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const results = dialog.querySelector("[role=listbox]");
  const commands = [...results.querySelectorAll("[role=option]")];
  let asked = 0;
  let timer;

  function open() {
    input.value = "";
    filter();
    dialog.showModal();
    input.focus();
  }

  function options() {
    return [...results.querySelectorAll("[role=option]:not([hidden])")];
  }

  function select(option) {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    input.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  }

  function filter() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const command of commands) {
      const text = command.textContent.toLowerCase();
      command.hidden = !words.every((word) => text.includes(word));
    }
    for (const found of results.querySelectorAll("[data-found]")) found.remove();
    select(options()[0]);
    clearTimeout(timer);
    if (input.value.trim().length > 0) timer = setTimeout(ask, PAUSE_MS);
  }

  async function ask() {
    const turn = ++asked;
    const url = `${dialog.dataset.search}?q=${encodeURIComponent(input.value.trim())}`;
    const response = await fetch(url, { headers: { Accept: "text/html" } });
    if (!response.ok || turn !== asked) return;
    const box = document.createElement("template");
    box.innerHTML = await response.text(); // our own template, escaped by the server
    for (const found of results.querySelectorAll("[data-found]")) found.remove();
    results.append(box.content);
    if (!results.querySelector('[aria-selected="true"]:not([hidden])')) select(options()[0]);
  }

  input.addEventListener("input", filter);
  dialog.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") select(all[Math.min(at + 1, all.length - 1)]);
    else if (event.key === "ArrowUp") select(all[Math.max(at - 1, 0)]);
    else if (event.key === "Enter") all[at]?.click();
    else return;
    event.preventDefault();
  });
  results.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option?.dataset.href) window.location.assign(option.dataset.href);
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      dialog.open ? dialog.close() : open();
    }
  });
  for (const button of document.querySelectorAll("[data-palette]")) {
    button.addEventListener("click", open);
  }
}
