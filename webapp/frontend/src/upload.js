/** Files dropped on the upload area, or chosen, are sent at once; their names are shown first. */

export function start() {
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const names = form.querySelector("[data-names]");

  function send() {
    if (input.files.length === 0) return;
    const list = [...input.files].map((file) => file.name).join(", ");
    names.textContent = `Reading ${list} …`;
    form.requestSubmit();
  }

  input.addEventListener("change", send);
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
  form.addEventListener("drop", (event) => {
    input.files = event.dataTransfer.files;
    send();
  });
}
