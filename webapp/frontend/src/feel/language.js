/**
 * Texts of FEEL: parsed once and kept, with the names around them.
 *
 * A name may hold spaces and signs ("Loan-to-value ratio"), so what a text means depends on the
 * names that are known where it stands. A text is parsed once for each set of such names.
 */
import { InterpreterContext, builtins, interpreter, parser, trackVariables } from "feelin";

import { ADDED } from "./additions.js";
import "./corrections.js";
import { bracketed } from "./corrections/reading.js";
import { readable } from "./corrections/types.js";
import { Kept, weightOf, weightOfJson } from "./keeping.js";

const TOPS = { expression: "Expression", tests: "UnaryTests" };
/** Names that are known as names wherever they stand; so is ?, the value of a column. */
const PLAIN_NAME = /^(?:[A-Za-z_]\w*|\?)$/;
/** Bytes of a parser, without its names. */
const A_PARSER = 10_000;
/** How far names inside names are looked at. */
const DEEPEST = 6;

const parsers = new Kept(2 * 1024 * 1024);
const kept = new Kept(24 * 1024 * 1024);
const looked = new WeakMap();
/** Where the interpreter says why something became null. */
const state = new InterpreterContext();

/** The names inside a value that need to be known, as contexts of the same shape; null: none. */
function named(value, depth = 0) {
  if (depth > DEEPEST || value === null || typeof value !== "object") {
    return null;
  }
  if (Array.isArray(value)) {
    const found = value.slice(0, 3).map((item) => named(item, depth + 1));
    return found.some((item) => item !== null) ? Object.assign({}, ...found) : null;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    return null;
  }
  const shape = {};
  let any = false;
  for (const [name, part] of Object.entries(value)) {
    const inside = named(part, depth + 1);
    if ((inside !== null || !PLAIN_NAME.test(name)) && part !== ADDED[name]) {
      shape[name] = inside ?? 0;
      any = true;
    }
  }
  return any ? shape : null;
}

/** The first words of names: a text that holds none of them means the same whatever names there are. */
function wordsOf(shape, words = new Set()) {
  for (const [name, part] of Object.entries(shape)) {
    words.add(/^\w*/.exec(name)[0]);
    if (part !== 0) {
      wordsOf(part, words);
    }
  }
  return words;
}

const NOTHING = { shape: null, signature: "", words: [] };

/** The names of a scope: their shape, as a text too, and their first words. A scope is looked at once. */
function namesOf(scope) {
  let names = looked.get(scope);
  if (names === undefined) {
    const shape = named(scope);
    names = shape === null ? NOTHING : { shape, signature: JSON.stringify(shape), words: [...wordsOf(shape)] };
    looked.set(scope, names);
  }
  return names;
}

/** Making a parser costs more than parsing. The added functions are known by name to each. */
function parserFor(kind, { shape, signature }) {
  const key = `${kind} ${signature}`;
  const found = parsers.get(key);
  if (found !== undefined) {
    return found;
  }
  const made = parser.configure({ top: TOPS[kind], contextTracker: trackVariables({ ...ADDED, ...shape }) });
  return parsers.set(key, made, A_PARSER + weightOfJson(key.length));
}

/** A text as a tree. Throws nothing: faults are in the tree. */
function parsed(kind, text, names) {
  const reader = parserFor(kind, names);
  return bracketed(readable(text), (read) => reader.parse(read));
}

/** A text, ready to run. Throws where it is no FEEL. */
export function compiled(kind, text, scope = {}) {
  const all = namesOf(scope);
  const names = all.words.some((word) => text.includes(word)) ? all : NOTHING;
  const key = `${kind} ${names.signature} ${text}`;
  const found = kept.get(key);
  if (found !== undefined) {
    return found;
  }
  const { written, tree, nodes } = parsed(kind, text, names);
  return kept.set(key, interpreter._buildExecutionTree(tree, written, state).root, weightOf(key, nodes));
}

/** The value of a text; `warn` is told why something in it became null. */
export function valueOf(kind, text, scope, warn = null) {
  const root = compiled(kind, text, scope);
  const outer = state.warnings;
  state.warnings = [];
  try {
    const found = root(scope);
    const value = kind === "tests" ? found(scope["?"] ?? null) : found;
    if (warn !== null) {
      state.warnings.forEach(({ message }) => warn(message));
    }
    return value;
  } finally {
    state.warnings = outer;
  }
}

/** The names that a text takes from outside; those of types are none. */
function reads(tree, text) {
  const read = new Set();
  const bound = new Set(["item", "partial", "?"]);
  tree.iterate({
    enter({ name, from, to, node }) {
      if (name === "Type") {
        return false;
      }
      const word = text.slice(from, to).replace(/\s+/g, " ");
      if (name === "VariableName") {
        read.add(word);
      } else if (name === "Name" && ["InExpression", "ParameterName", "Key"].includes(node.parent?.name)) {
        bound.add(word);
      }
      return true;
    },
  });
  return [...read].filter((name) => !bound.has(name) && !Object.hasOwn(builtins, name) && !Object.hasOwn(ADDED, name));
}

/** Says what a text reads, or where it is no FEEL. `names` has the shape of what is known. */
export function check(kind, text, names = {}) {
  try {
    const { written, tree } = parsed(kind, text, namesOf(names));
    interpreter._buildExecutionTree(tree, written, state); // finds the faults
    return { reads: reads(tree, written) };
  } catch (error) {
    if (error.input === undefined) {
      return { failure: String(error.message ?? error).slice(0, 200) };
    }
    return { error: String(error.input).slice(0, 40), at: error.position?.from ?? null };
  }
}
