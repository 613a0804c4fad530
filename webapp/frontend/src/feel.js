/**
 * FEEL in the sandbox of the engine: one function, JSON in and out. It runs in V8 without a browser.
 *
 * Built by build.mjs into engine/bpmn/expressions/sandbox/feel.js. A request is
 *   { check: [kind, text] }                            -> { reads } or { error, at }
 *   { run: [[kind, text], ...], variables, now }       -> [{ value } or { error }, ...]
 * where kind is "expression" or "tests". A text is parsed once and kept. Dates cross the border as
 * { "\0": [type, ISO text] }, because JSON has none.
 */
import {
  FeelDate,
  FeelDateTime,
  FeelDuration,
  FeelFunction,
  FeelRange,
  FeelTime,
  InterpreterContext,
  builtins,
  date,
  dateAndTime,
  interpreter,
  isFunction,
  parser,
  trackVariables,
} from "feelin";

const MOST_KEPT = 2000;
const LARGEST_RESULT = 64 * 1024;
const TAG = "\0";

const blank = (value) => value === null || value === undefined;
const given = (names, body) => new FeelFunction(body, names);

/** Functions that Camunda 8 adds to FEEL, where they need nothing but their values. */
const ADDED = {
  cycle: given(["repetitions", "interval"], (first, second) => {
    const [times, interval] = second === undefined ? [null, first] : [first, second];
    return interval instanceof FeelDuration ? `R${times ?? ""}/${interval.iso}` : null;
  }),
  "get or else": given(["value", "default"], (value, other) => (blank(value) ? other : value)),
  "is blank": given(["string"], (text) => (typeof text === "string" ? text.trim() === "" : null)),
  "is defined": given(["value"], (value) => !blank(value)),
  "is empty": given(["list"], (list) => (Array.isArray(list) ? list.length === 0 : null)),
  "last day of month": given(["date"], (day) =>
    day instanceof FeelDate || day instanceof FeelDateTime
      ? date(`${iso(day.year, 4)}-${iso(day.month)}-${iso(new Date(Date.UTC(day.year, day.month, 0)).getUTCDate())}`)
      : null,
  ),
  trim: given(["string"], (text) => (typeof text === "string" ? text.trim() : null)),
};

function iso(number, figures = 2) {
  return String(number).padStart(figures, "0");
}

/** Made once, because making one costs more than parsing. The added functions are known by name. */
const parserOf = (top) => parser.configure({ top, contextTracker: trackVariables(ADDED) });
const PARSERS = { expression: parserOf("Expression"), tests: parserOf("UnaryTests") };

const kept = new Map();

function compiled(kind, text) {
  const key = `${kind} ${text}`;
  let found = kept.get(key);
  if (found === undefined) {
    const state = new InterpreterContext();
    const tree = PARSERS[kind].parse(text);
    found = { tree, root: interpreter._buildExecutionTree(tree, text, state).root, state };
    if (kept.size >= MOST_KEPT) {
      kept.delete(kept.keys().next().value);
    }
    kept.set(key, found);
  }
  return found;
}

/** The names that a text takes from outside. */
function reads(tree, text) {
  const read = new Set();
  const bound = new Set(["item", "partial", "?"]);
  tree.iterate({
    enter({ name, from, to, node }) {
      const word = text.slice(from, to).replace(/\s+/g, " ");
      if (name === "VariableName") {
        read.add(word);
      } else if (name === "Name" && ["InExpression", "ParameterName", "Key"].includes(node.parent?.name)) {
        bound.add(word);
      }
    },
  });
  return [...read].filter((name) => !bound.has(name) && !(name in builtins) && !(name in ADDED));
}

function inward(value) {
  if (Array.isArray(value)) {
    return value.map(inward);
  }
  if (value !== null && typeof value === "object") {
    const tagged = value[TAG];
    if (tagged !== undefined) {
      return tagged[0] === "date" ? date(tagged[1]) : dateAndTime(tagged[1]);
    }
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inward(part)]));
  }
  return value;
}

function outward(value) {
  if (blank(value) || (typeof value === "number" && !Number.isFinite(value))) {
    return null;
  }
  if (typeof value !== "object" && typeof value !== "function") {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(outward);
  }
  if (value instanceof FeelDate) {
    return { [TAG]: ["date", value.iso] };
  }
  if (value instanceof FeelDateTime) {
    return { [TAG]: ["moment", value.iso] };
  }
  if (value instanceof FeelTime || value instanceof FeelDuration) {
    return value.iso;
  }
  if (value instanceof FeelRange || isFunction(value) || typeof value === "function") {
    throw new Error("it gives a range or a function, which no variable can hold");
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, outward(part)]));
}

function clock(now) {
  const moment = () => {
    if (now === null) {
      throw new Error("the time is not known here");
    }
    return dateAndTime(now);
  };
  return {
    now: given([], moment),
    today: given([], () => date(String(moment().iso).slice(0, 10))),
  };
}

function one(kind, text, context) {
  try {
    const { root, state } = compiled(kind, text);
    state.warnings = [];
    const found = root(context);
    const value = outward(kind === "tests" ? found(context["?"] ?? null) : found);
    const answer = JSON.stringify({ value });
    return answer.length > LARGEST_RESULT ? JSON.stringify({ error: "its result is larger than 64 kB" }) : answer;
  } catch (error) {
    return JSON.stringify({ error: String(error.message ?? error).slice(0, 200) });
  }
}

function check(kind, text) {
  try {
    return { reads: reads(compiled(kind, text).tree, text) };
  } catch (error) {
    return { error: String(error.input ?? "").slice(0, 40), at: error.position?.from ?? null };
  }
}

globalThis.corral = (request) => {
  const { check: asked, run, variables, now } = JSON.parse(request);
  if (asked) {
    return JSON.stringify(check(...asked));
  }
  const context = { ...ADDED, ...clock(now), ...inward(variables) };
  return `[${run.map(([kind, text]) => one(kind, text, context)).join()}]`;
};
