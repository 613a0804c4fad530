/** The shell: theme choice, menus that close, toasts that came with the page. */
import { watch } from "./toasts.js";

function theme() {
  const buttons = document.querySelectorAll("[data-theme-choose]");
  const show = () => {
    for (const button of buttons) {
      const chosen = button.dataset.themeChoose === window.corralTheme.choice();
      button.setAttribute("aria-pressed", String(chosen));
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      window.corralTheme.choose(button.dataset.themeChoose);
      show();
    });
  }
  show();
}

function menus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

export function start() {
  theme();
  menus();
  for (const element of document.querySelectorAll("#toasts .toast-card")) {
    watch(element, element.dataset.tone);
  }
  for (const button of document.querySelectorAll("[data-dialog]")) {
    button.addEventListener("click", () => document.getElementById(button.dataset.dialog)?.showModal());
  }
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog")?.close());
  }
  for (const select of document.querySelectorAll("[data-submit-on-change]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
}
