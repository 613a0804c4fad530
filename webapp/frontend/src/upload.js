/**
 * Files, or a folder, dropped on the upload area or chosen. They stay chosen until they are
 * uploaded: what is too large or of another kind is said first, and where a process does not say
 * that it is executable the person is asked before anything is stored.
 */

/** Endings of what can be read; a folder may hold anything else beside it. */
const READABLE = [".bpmn", ".bpmn2", ".dmn", ".form", ".xml", ".json"];

function readable(file) {
  return READABLE.some((ending) => file.name.toLowerCase().endsWith(ending));
}

function sized(bytes) {
  return bytes < 104858 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

/** Every file of what was dropped, those in folders included. */
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files];
  const files = [];
  while (entries.length > 0) {
    const entry = entries.shift();
    if (entry.isFile) {
      files.push(await new Promise((done, failed) => entry.file(done, failed)));
    } else {
      entries.push(...(await inside(entry.createReader())));
    }
  }
  return files;
}

/** A reader gives a hundred entries at a time, until it gives none. */
async function inside(reader) {
  const found = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return found;
    found.push(...some);
  }
}

class Upload {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("#files");
    this.names = form.querySelector("[data-names]");
    this.invitation = this.names.textContent;
    this.says = document.querySelector("[data-upload-says]");
    this.dialog = document.getElementById("ask");
  }

  /** Takes what was chosen; of a folder only what can be read. */
  take(files, { folder = false } = {}) {
    const chosen = folder ? files.filter(readable) : files;
    const wrong = chosen.filter((file) => !readable(file));
    const size = chosen.reduce((sum, file) => sum + file.size, 0);
    const { largest, most } = this.form.dataset;
    if (chosen.length === 0) {
      this.say("Nothing to upload.", "The folder holds no .bpmn, .dmn or .form file.", files);
    } else if (wrong.length > 0) {
      const which = wrong.map((file) => file.name).join(", ");
      this.say(`These are no diagrams: ${which}.`, "Export them as BPMN 2.0 (.bpmn or .xml), or leave them out.", chosen);
    } else if (chosen.length > Number(most)) {
      this.say(`These are ${chosen.length} files.`, `Upload at most ${most} at a time.`, chosen);
    } else if (size > Number(largest) * 0.98) {
      this.say(`Together they have ${sized(size)}.`, `Upload at most ${sized(largest)} at a time.`, chosen);
    } else {
      this.keep(chosen);
      this.check(chosen);
    }
  }

  say(what, cure, files) {
    this.input.value = "";
    this.names.textContent = this.invitation;
    this.says.hidden = false;
    this.says.querySelector("[data-what]").textContent = what;
    this.says.querySelector("[data-cure]").textContent = cure;
    const listed = files.slice(0, 30).map((file) => `${file.name} (${sized(file.size)})`);
    if (files.length > 30) listed.push("…");
    this.says.querySelector("[data-chosen]").textContent = listed.length ? `Chosen: ${listed.join(", ")}` : "";
  }

  keep(files) {
    const held = new DataTransfer();
    for (const file of files) held.items.add(file);
    this.input.files = held.files;
    this.says.hidden = true;
    this.names.textContent = `Reading ${files.map((file) => file.name).join(", ")} …`;
  }

  async check(files) {
    let asked = [];
    try {
      const response = await fetch(this.form.dataset.check, { method: "POST", body: new FormData(this.form) });
      if (response.ok) asked = (await response.json()).asked;
    } catch {
      // The upload itself tells what is wrong; unasked processes become drafts.
    }
    if (asked.length > 0) this.ask(asked, files);
    else this.form.requestSubmit();
  }

  ask(asked, files) {
    const list = this.dialog.querySelector("[data-asked]");
    list.replaceChildren(...asked.map((each) => this.choice(each)));
    this.names.textContent = `Chosen: ${files.map((file) => file.name).join(", ")}`;
    this.dialog.returnValue = "";
    this.dialog.onclose = () => {
      if (this.dialog.returnValue !== "go") {
        this.say("Nothing was uploaded.", "Choose the files again when you know.", files);
        return;
      }
      this.answer(asked.filter((_, at) => list.querySelectorAll("input")[at].checked));
      this.form.requestSubmit();
    };
    this.dialog.showModal();
  }

  choice({ key, name, file, meant }) {
    const label = document.createElement("label");
    label.className = "line";
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = meant;
    const text = document.createElement("span");
    text.dir = "auto";
    text.textContent = name === key ? `${name}, ${file}` : `${name} (${key}), ${file}`;
    label.append(box, text);
    return label;
  }

  answer(chosen) {
    for (const old of this.form.querySelectorAll("[data-answer]")) old.remove();
    const fields = [["answered", "1"], ...chosen.map(({ key }) => ["executable", key])];
    for (const [name, value] of fields) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      field.dataset.answer = "";
      this.form.append(field);
    }
  }
}

export function start() {
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const upload = new Upload(form);
  upload.input.addEventListener("change", () => {
    if (upload.input.files.length > 0) upload.take([...upload.input.files]);
  });
  const folder = form.querySelector("[data-folder-input]");
  const button = form.querySelector("[data-folder]");
  button.hidden = false;
  button.addEventListener("click", () => folder.click());
  folder.addEventListener("change", () => upload.take([...folder.files], { folder: true }));
  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add("dragging");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.remove("dragging");
    });
  }
  form.addEventListener("drop", async (event) => {
    const folders = [...event.dataTransfer.items].some((item) => item.webkitGetAsEntry?.()?.isDirectory);
    upload.take(await dropped(event.dataTransfer), { folder: folders });
  });
}
