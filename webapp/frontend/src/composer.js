/**
 * Writing an answer: what is left of its length and what stands in its way, a draft that survives a
 * closed browser, and Ctrl-Enter to send.
 *
 * Length and rules are known to the server: each network counts in its own way. While its word is on
 * the way, characters are counted here.
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
    (field) => field.name && field.name !== "confirmed" && !["hidden", "submit", "button", "password", "fieldset"].includes(field.type),
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

/** Shows the characters that are left as far as this page can tell, until the server has. */
function count(textarea) {
  const place = document.getElementById(textarea.dataset.composed);
  const meter = place?.querySelector(".meter");
  if (!meter) return;
  const limit = Number(textarea.dataset.limit);
  const left = limit - measure(textarea.value);
  meter.textContent =
    left >= 0 ? `${left} of ${limit} characters left` : `${-left} characters too many`;
  meter.classList.toggle("over", left < 0);
  meter.classList.toggle("near", left >= 0 && left <= limit * 0.1);
  judge(textarea, left, textarea.form?.elements.split?.checked ?? false);
}

function judge(textarea, left, fits) {
  textarea.setCustomValidity(
    left < 0 && !fits
      ? `The channel carries ${textarea.dataset.limit} characters. Shorten the text by ${-left}.`
      : "",
  );
}

/** Asks the server how the answer stands, and shows it beneath the text. */
async function look(form, textarea) {
  const place = document.getElementById(textarea.dataset.composed);
  const asked = new FormData(form);
  const state = JSON.stringify([...asked.entries()]);
  if (!place || place.dataset.state === state) return;
  let response, found;
  try {
    response = await fetch(form.dataset.compose, { method: "POST", body: asked });
    found = await response.text();
  } catch {
    return; // off line: the server looks again when the answer is sent
  }
  // From here on nothing is waited for: what changes meanwhile would count as looked at.
  const now = JSON.stringify([...new FormData(form).entries()]);
  if (!response.ok || response.redirected || now !== state) return;
  place.innerHTML = found;
  place.dataset.state = JSON.stringify([...new FormData(form).entries()]);
  const meter = place.querySelector(".meter");
  textarea.dataset.limit = meter.dataset.limit; // in private it may be another one
  judge(textarea, Number(meter.dataset.left), Number(meter.dataset.parts) > 0);
  offerPrivacy(form, place);
}

/** Where the form can send the answer to the customer alone, a finding offers that. */
function offerPrivacy(form, place) {
  const choice = [...form.querySelectorAll("[name=visibility][value=private]")].at(0);
  if (!choice || choice.matches(":disabled")) return;
  for (const button of place.querySelectorAll("[data-go-private]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      choice.checked = true;
      choice.dispatchEvent(new Event("change", { bubbles: true }));
      choice.focus();
    });
  }
}

/** Looks soon after the person pauses, and at once when they choose something. */
function watch(form, textarea) {
  let timer;
  const soon = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(() => look(form, textarea), delay);
  };
  form.addEventListener("input", () => soon(250));
  form.addEventListener("change", (event) => event.target.name !== "confirmed" && soon(0));
  const place = document.getElementById(textarea.dataset.composed);
  if (place) offerPrivacy(form, place);
  // What the server has rendered stands, unless a draft was restored over it.
  if (textarea.value !== textarea.defaultValue) soon(0);
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
    const textarea = form.querySelector("textarea[data-composed]");
    if (textarea) watch(form, textarea);
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
    if (textarea.closest("form")?.dataset.kept === undefined) refresh();
    else grow(textarea);
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
