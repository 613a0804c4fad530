/**
 * Reads the cells of the tables of a plan before they are needed, so that a decision does not spend its
 * time on reading a long table. One request reads for some milliseconds: others wait meanwhile.
 */
import { compiled } from "./language.js";

const SLICE_MILLISECONDS = 50;
/** Characters of a longer cell may take long to read: that is for the decision that needs it. */
const LONGEST = 500;

/** The cells of all tables, as [kind, text]. */
export function* cellsOf(elements) {
  for (const { logic } of Object.values(elements)) {
    for (const { tests, outputs } of (logic?.body ?? logic)?.rules ?? []) {
      yield* tests.filter(isShort).map(({ text }) => ["tests", text]);
      yield* outputs.filter(isShort).map(({ text }) => ["expression", text]);
    }
  }
}

const isShort = (cell) => cell !== null && cell.text.length <= LONGEST;

/** Reads on where it ended the last time. Says whether some are left. */
export function readOn(cells) {
  const end = Date.now() + SLICE_MILLISECONDS;
  while (Date.now() < end) {
    const { done, value } = cells.next();
    if (done) {
      return false;
    }
    readCell(...value);
  }
  return true;
}

function readCell(kind, text) {
  try {
    compiled(kind, text);
  } catch {
    // What is no FEEL is told where it is evaluated.
  }
}
