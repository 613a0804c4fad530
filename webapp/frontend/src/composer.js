/**
 * Writing an answer: the characters that are left, a draft that survives a closed browser, and
 * Ctrl-Enter to send.
 *
 * A draft is kept under the user task's id until the server says that the answer was taken: the
 * page that follows names the finished id in data-draft-done, once.
 */

const PREFIX = "corral.draft.";
const DAYS_KEPT = 14;

/** Counts as people see characters: an emoji is one, as the networks count it. */
function measure(text) {
  return [...text].length;
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function forget(id) {
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // Storage is blocked, so there is no draft either.
  }
}

function forgetOld() {
  const oldest = Date.now() - DAYS_KEPT * 86_400_000;
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX) && (read(key)?.at ?? 0) < oldest) localStorage.removeItem(key);
  }
}

function fields(form) {
  return [...form.elements].filter(
    (field) => field.name && !["hidden", "submit", "button", "password", "fieldset"].includes(field.type),
  );
}

function save(form, note) {
  const values = {};
  for (const field of fields(form)) {
    if (field.type === "checkbox") (values[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    else if (field.type !== "radio") values[field.name] = field.value;
    else if (field.checked) values[field.name] = field.value;
  }
  try {
    localStorage.setItem(PREFIX + form.dataset.draft, JSON.stringify({ at: Date.now(), values }));
    if (note) note.textContent = "Draft saved on this computer";
  } catch {
    if (note) note.textContent = "The draft cannot be saved: the browser blocks storage";
  }
}

function restore(form, note) {
  const draft = read(PREFIX + form.dataset.draft);
  // Values that the server sent back after a refusal are newer than the draft.
  if (!draft || form.dataset.kept !== undefined) return;
  for (const field of fields(form)) {
    const value = draft.values[field.name];
    if (value === undefined) continue;
    if (field.type === "checkbox") field.checked = value.includes(field.value);
    else if (field.type === "radio") field.checked = field.value === value;
    else field.value = value;
  }
  if (note) note.textContent = "Your draft was restored";
}

function count(textarea) {
  const meter = document.getElementById(textarea.dataset.meter);
  if (!meter) return;
  const limit = Number(textarea.dataset.limit);
  const left = limit - measure(textarea.value);
  meter.textContent =
    left >= 0 ? `${left} of ${limit} characters left` : `${-left} characters too many`;
  meter.classList.toggle("over", left < 0);
  meter.classList.toggle("near", left >= 0 && left <= limit * 0.1);
  textarea.setCustomValidity(
    left < 0 ? `The channel carries ${limit} characters. Shorten the text by ${-left}.` : "",
  );
}

/** Hides fields that the form hides for what is chosen now; the server decides in the end. */
function follow(form) {
  for (const part of form.querySelectorAll("[data-hide-field]")) {
    const { hideField, hideValue } = part.dataset;
    if (!form.elements[hideField]) continue; // a variable, not a field: the server has decided
    const same = new FormData(form).get(hideField) === hideValue;
    const hide = part.dataset.hideUnless === undefined ? same : !same;
    part.hidden = hide;
    for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = hide;
    if (part.matches("fieldset")) part.disabled = hide;
  }
}

function grow(textarea) {
  textarea.style.height = "auto";
  textarea.style.height = `${Math.min(textarea.scrollHeight + 2, window.innerHeight * 0.5)}px`;
}

export function start() {
  for (const done of document.querySelectorAll("[data-draft-done]")) forget(done.dataset.draftDone);
  try {
    forgetOld();
  } catch {
    // Storage is blocked: nothing to tidy.
  }
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const note = document.querySelector("[data-draft-note]");
    if (form.dataset.locked === undefined) restore(form, note);
    else continue; // somebody else's user task, or nobody's yet
    follow(form);
    form.addEventListener("change", () => follow(form));
    let timer;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => save(form, note), 250);
    });
    window.addEventListener("pagehide", () => timer && save(form, note));
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      save(form, note); // until the server has taken it, the draft is all there is
      timer = undefined;
    });
  }
  for (const textarea of document.querySelectorAll("textarea")) {
    const refresh = () => {
      grow(textarea);
      if (textarea.dataset.limit) count(textarea);
    };
    textarea.addEventListener("input", refresh);
    refresh();
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("form[data-draft]");
      if (form) {
        event.preventDefault();
        form.requestSubmit(form.querySelector("[data-send]"));
      }
    }
  });
  const bottom = document.querySelector("[data-scroll-end]");
  if (bottom) bottom.scrollTop = bottom.scrollHeight;
}
