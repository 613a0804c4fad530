/** The functions on ranges that feelin lacks (DMN 1.5, 10.3.4.7), and ranges from texts (10.3.4.1). */
import {
  FeelFunction,
  InterpreterContext,
  cmp,
  fn,
  getType,
  interpreter,
  invalidArguments,
  isDuration,
  isRange,
  parseExpression,
} from "feelin";

import { blank } from "../border.js";

const NO_LITERAL = new Error("the ends of the range are no literals");
/** What a range of literals is parsed into. */
const LITERAL = new Set([
  ...["Expression", "SimplePositiveUnaryTest", "Interval", "NumericLiteral", "ArithOp", "StringLiteral", "DateTimeLiteral"],
  ...["DateTimeConstructor", "AtLiteral", "PositionalParameters", "[", "]", "(", ")", ".."],
]);

/*
 * Where a range starts and ends, as places that have an order: those that an end leaves out lie a
 * little inside of it, and ranges without an end end far away. A point starts and ends where it is.
 */
const place = (at, far, edge) => ({ at, far: at === null ? far : 0, edge });
const startOf = (value) => (isRange(value) ? place(value.start, -1, value["start included"] ? 0 : 1) : place(value, 0, 0));
const endOf = (value) => (isRange(value) ? place(value.end, 1, value["end included"] ? 0 : -1) : place(value, 0, 0));

function order(first, second) {
  if (first.far !== 0 || second.far !== 0) {
    return first.far - second.far;
  }
  return cmp(first.at, second.at) || first.edge - second.edge;
}

const starts = (inner, outer) => order(startOf(inner), startOf(outer)) === 0 && order(endOf(inner), endOf(outer)) <= 0;
const finishes = (inner, outer) => order(endOf(inner), endOf(outer)) === 0 && order(startOf(inner), startOf(outer)) >= 0;
const during = (inner, outer) => order(startOf(inner), startOf(outer)) >= 0 && order(endOf(inner), endOf(outer)) <= 0;
const coincides = (first, second) => isRange(first) === isRange(second) && starts(first, second) && finishes(first, second);
const overlapsBefore = (first, second) =>
  order(startOf(first), startOf(second)) < 0 && order(endOf(first), startOf(second)) >= 0 && order(endOf(first), endOf(second)) <= 0;
const reversed = (relation) => (first, second) => relation(second, first);

/** What values must have in common to be compared; null: they have no order. */
function kindOf(value) {
  const bound = isRange(value) ? value.start ?? value.end : value;
  if (isDuration(bound)) {
    return `duration ${bound.yearsMonths}`;
  }
  return isRange(value) ? value.valueType : getType(value);
}

/**
 * A function of two values of one kind; `ranges` says which of the two have to be ranges. Both may be
 * given by any of the names that DMN has for them.
 */
function relation(names, ranges, holds) {
  return new FeelFunction((...given) => {
    const [first, second, ...more] = given.filter((value) => !blank(value));
    const fits = second !== undefined && more.length === 0 && (isRange(first) || !ranges[0]) && (isRange(second) || !ranges[1]);
    return fits && kindOf(first) !== null && kindOf(first) === kindOf(second) ? holds(first, second) : null;
  }, names);
}

const RANGES = ["range1", "range2"];
const INNER_FIRST = ["point", "range", ...RANGES];
const OUTER_FIRST = ["range", "point", ...RANGES];

/** A test for equality with the ends of the range that it is; other tests are ranges. */
function withEnds(test, end) {
  if (typeof test !== "function") {
    return test;
  }
  const included = test(end) === true;
  return Object.assign(test, { start: end, end, "start included": included, "end included": included });
}

/** An end that is left open is null to the grammar of feelin: [..5] is [null..5]. */
function withOpenEnds(text) {
  const open = [];
  const opened = (change) => (_found, bracket) => open.push(bracket) && change(bracket);
  const written = text
    .trim()
    .replace(/^([(\]])\s*\.\./, opened((bracket) => `${bracket}null..`))
    .replace(/\.\.\s*([)[])$/, opened((bracket) => `..null${bracket}`));
  return { written, open };
}

/** Throws where the tree is no range of literals, with as many nulls as ends were open. */
function checkLiterals(tree, open) {
  let nulls = 0;
  tree.iterate({
    enter({ name }) {
      nulls += name === "null" ? 1 : 0;
      if (name !== "null" && !LITERAL.has(name)) {
        throw NO_LITERAL;
      }
      return name !== "DateTimeConstructor"; // its words are nodes too
    },
  });
  if (nulls !== open.length || tree.topNode.firstChild?.firstChild?.name !== "Interval") {
    throw NO_LITERAL;
  }
}

/** The range that a text is. An end that is open must be excluded. */
function rangeOf(text) {
  return readRange(text) ?? invalidArguments("range expects a range of literals, got {text}", { text });
}

function readRange(text) {
  const { written, open } = withOpenEnds(text);
  try {
    const tree = parseExpression(written);
    checkLiterals(tree, open);
    const found = interpreter._buildExecutionTree(tree, written, new InterpreterContext()).root({});
    const { start, end } = found;
    const backwards = start !== null && end !== null && cmp(start, end) > 0;
    return found.valueType === null || backwards ? null : found;
  } catch {
    return null;
  }
}

export const FUNCTIONS = { withEnds };
export const BUILTINS = {
  coincides: relation(["point1", "point2", ...RANGES], [false, false], coincides),
  during: relation(INNER_FIRST, [false, true], during),
  "finished by": relation(OUTER_FIRST, [true, false], reversed(finishes)),
  finishes: relation(INNER_FIRST, [false, true], finishes),
  "overlaps after": relation(RANGES, [true, true], reversed(overlapsBefore)),
  "overlaps before": relation(RANGES, [true, true], overlapsBefore),
  range: fn(rangeOf, ["string"], ["from"]),
  "started by": relation(OUTER_FIRST, [true, false], reversed(starts)),
  starts: relation(INNER_FIRST, [false, true], starts),
};
