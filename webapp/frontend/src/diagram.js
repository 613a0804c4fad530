/**
 * Shows a BPMN drawing with our overlays: tokens where an instance waits, the path it took,
 * problems, and the element a list points at.
 *
 * <div data-diagram="/address/of.bpmn" data-marks="id-of-a-json-script">
 * marks: [{element, kind: "token"|"incident"|"visited"|"error"|"warning"|"draft"|"info",
 *          label, count}]
 */
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { getMid } from "diagram-js/lib/layout/LayoutUtil";

/** The least zoom at which the names of elements can be read. */
const READABLE = 0.62;

const BADGES = { token: "waits here", incident: "incident", error: "error", warning: "warning", draft: "draft" };

function badge(mark) {
  const element = document.createElement("div");
  element.className = `mark mark-${mark.kind}`;
  element.textContent = mark.kind === "token" ? (mark.count > 1 ? mark.count : "") : "!";
  element.title = mark.label || BADGES[mark.kind];
  return element;
}

/** The shape or flow of an element; nothing for the process itself, which is the whole canvas. */
function drawn(registry, id) {
  const element = id && registry.get(id);
  return element && (element.waypoints || Number.isFinite(element.x)) ? element : null;
}

function decorate(viewer, marks) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  for (const mark of marks) {
    if (!drawn(registry, mark.element)) continue;
    canvas.addMarker(mark.element, `at-${mark.kind}`);
    if (mark.kind in BADGES) {
      const position = mark.kind === "token" ? { top: -11, left: -11 } : { top: -11, right: 11 };
      overlays.add(mark.element, { position, html: badge(mark), scale: { min: 0.85, max: 1.2 } });
    }
  }
}

function fit(viewer) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  // A small drawing blown up looks broken; keep it at its drawn size at most.
  if (canvas.zoom() > 1.1) canvas.zoom(1, "auto");
}

/**
 * Opens a drawing at a size that can be read. One too wide for that is shown around the element
 * that matters, else from its beginning.
 */
function open(viewer, element) {
  const canvas = viewer.get("canvas");
  fit(viewer);
  if (canvas.zoom() >= READABLE) return;
  canvas.zoom(READABLE);
  const { inner, outer } = canvas.viewbox();
  const shape = drawn(viewer.get("elementRegistry"), element);
  const width = outer.width / READABLE;
  const height = outer.height / READABLE;
  // A flow has no place of its own: it is shown around the middle of its line.
  const middle = shape && getMid(shape);
  const x = middle ? middle.x - width / 2 : inner.x - 30;
  const y = (middle ? middle.y : inner.y + inner.height / 2) - height / 2;
  canvas.viewbox({ x, y, width, height });
}

function pointer(viewer, box) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  let shown = null;
  return (id) => {
    if (shown && registry.get(shown)) canvas.removeMarker(shown, "at-shown");
    const element = drawn(registry, id);
    shown = element && id;
    if (!element) return;
    canvas.addMarker(id, "at-shown");
    if (!box.classList.contains("diagram-small")) canvas.scrollToElement(element, 120);
  };
}

/** Decodes as the XML says itself: a drawing may be UTF-16 or Latin-1. */
function decoded(buffer) {
  const bytes = new Uint8Array(buffer);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(buffer);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(buffer);
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 200));
  const named = /encoding=["']([\w.:-]+)["']/.exec(head)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(named).decode(buffer);
  } catch {
    return new TextDecoder().decode(buffer); // an encoding the browser does not know
  }
}

/** The XML: from an address, or for a refused upload from a JSON script of the page ("#id"). */
async function drawing(source) {
  if (source.startsWith("#")) return JSON.parse(document.querySelector(source).textContent);
  const response = await fetch(source);
  if (!response.ok) throw new Error("it could not be loaded. Reload the page.");
  return decoded(await response.arrayBuffer());
}

async function show(box) {
  const holder = box.querySelector("[data-canvas]");
  const message = box.querySelector("[data-message]");
  const viewer = new NavigatedViewer({ container: holder });
  try {
    await viewer.importXML(await drawing(box.dataset.diagram));
  } catch (error) {
    message.textContent = error.message.includes("no diagram")
      ? "This file has no drawing: it was written without shapes. The list of problems is complete."
      : `The drawing cannot be shown: ${error.message}`;
    message.hidden = false;
    return;
  }
  const marks = document.getElementById(box.dataset.marks);
  if (marks) decorate(viewer, JSON.parse(marks.textContent));
  const listed = marks ? JSON.parse(marks.textContent) : [];
  const matters = ["incident", "error", "token", "draft", "warning"]
    .map((kind) => listed.find((mark) => mark.kind === kind))
    .find(Boolean);
  open(viewer, box.dataset.show || matters?.element);
  const point = pointer(viewer, box);
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-element]");
    if (target) point(target.dataset.element);
  });
  // In a trial an element is clicked to let happen what is listed for it, or to be shown there.
  viewer.get("eventBus").on("element.click", ({ element }) => choose((element.labelTarget ?? element).id));
  const canvas = viewer.get("canvas");
  box.querySelector("[data-zoom-in]")?.addEventListener("click", () => canvas.zoom(canvas.zoom() * 1.25));
  box.querySelector("[data-zoom-out]")?.addEventListener("click", () => canvas.zoom(canvas.zoom() / 1.25));
  box.querySelector("[data-zoom-fit]")?.addEventListener("click", () => fit(viewer));
  box.dataset.ready = "true";
  new ResizeObserver(() => canvas.resized()).observe(holder);
  // A live part of the page may bring fresh marks with it.
  let known = marks?.textContent;
  document.addEventListener("htmx:after:swap", () => {
    const fresh = document.getElementById(box.dataset.marks)?.textContent;
    if (fresh && fresh !== known) redraw(viewer, JSON.parse((known = fresh)));
    if (document.querySelector(".trial")) follow(viewer);
  });
}

/** Follows the one link a trial lists for an element; among several the first gets the focus. */
function choose(id) {
  const listed = [...document.querySelectorAll(".trial-choice [data-shown-at]")];
  const fitting = listed.filter((link) => link.dataset.shownAt === id);
  if (fitting.length === 1 && fitting[0].matches("a")) fitting[0].click();
  else fitting[0]?.focus();
}

/** Brings what happens next into sight, and keeps the keyboard where it is listed. */
function follow(viewer) {
  const next = document.querySelector(".trial-choice [data-element]")?.dataset.element;
  const element = drawn(viewer.get("elementRegistry"), next);
  if (element) viewer.get("canvas").scrollToElement(element, 120);
  if (document.activeElement === document.body) {
    document.querySelector(".trial h2")?.focus({ preventScroll: true });
  }
}

function redraw(viewer, marks) {
  const canvas = viewer.get("canvas");
  viewer.get("overlays").clear();
  for (const element of viewer.get("elementRegistry").getAll()) {
    for (const kind of ["token", "incident", "visited"]) canvas.removeMarker(element, `at-${kind}`);
  }
  decorate(viewer, marks);
}

for (const box of document.querySelectorAll("[data-diagram]")) show(box);
