/** 'instance of' (DMN 1.5, 10.3.2.9.3 and 10.3.2.13). */
import { FeelRange, NAMED_TYPE_CHECKS, getType } from "feelin";

import { blank } from "../border.js";
import { QUOTED } from "./reading.js";

/** What a correction needs of the run that is under way: the types that its model names, if there is one. */
export const hooks = { types: null };

const MISFIT = Symbol("misfit");
const RANGED = [
  "date and time",
  "days and time duration",
  "years and months duration",
  "date",
  "number",
  "string",
  "time",
].map((type) => type.replaceAll(" ", "\\s+"));
const RANGE_TYPE = new RegExp(`${QUOTED.source}|\\brange\\s*<\\s*(${RANGED.join("|")})\\s*>`, "g");

/**
 * A text that the grammar of feelin reads: it knows no range<date>. That becomes range_date_, a name
 * as long, so that all that follows stays where it is.
 */
export function readable(text) {
  return text.replace(RANGE_TYPE, (found, type) => (type === undefined ? found : found.replace(/[^a-z]/g, "_")));
}

function isRangeOf(value, name) {
  const [, type] = /^range_+([a-z_]+?)_+$/.exec(name) ?? [];
  const words = type?.replace(/_+/g, " ");
  const check = Object.hasOwn(NAMED_TYPE_CHECKS, words) && NAMED_TYPE_CHECKS[words];
  const bounds = value instanceof FeelRange ? [value.start, value.end].filter((bound) => bound !== null) : [];
  return check && bounds.length > 0 && bounds.every(check);
}

function isNamed(value, name) {
  if (Object.hasOwn(NAMED_TYPE_CHECKS, name)) {
    return NAMED_TYPE_CHECKS[name](value);
  }
  return hooks.types?.instance(value, name) ?? isRangeOf(value, name);
}

/** Inside of a list or a context, null is of every type. */
const conforms = (value, type) => blank(value) || matchesType(value, type);

const KINDS = {
  name: (value, { name }) => isNamed(value, name),
  list: (value, { element }) => getType(value) === "list" && value.every((item) => conforms(item, element)),
  context: (value, { entries }) =>
    getType(value) === "context" && entries.every(({ name, type }) => Object.hasOwn(value, name) && conforms(value[name], type)),
  function: (value) => getType(value) === "function",
};

function matchesType(value, type) {
  return KINDS[type?.kind]?.(value, type) ?? false;
}

const isNameKnown = (name) => Object.hasOwn(NAMED_TYPE_CHECKS, name) || typeof hooks.types?.instance(null, name) === "boolean";

/** Types that nobody knows, and those of functions, are not asked for. */
const isKnown = ({ kind, name }) => kind !== "function" && (kind !== "name" || isNameKnown(name));

/**
 * Arguments as the types of parameters have them (10.3.2.9.4): a list of one item may stand for the
 * item, and the item for the list. null where one is of another type.
 */
function conformed(given, parameters) {
  const found = given.map((value, at) => {
    const type = parameters[at]?.type;
    if (!type || !isKnown(type) || conforms(value, type)) {
      return value;
    }
    const others = Array.isArray(value) && value.length === 1 ? [value[0], [value]] : [[value]];
    return others.find((other) => matchesType(other, type)) ?? MISFIT;
  });
  return found.includes(MISFIT) ? null : found;
}

export const FUNCTIONS = { conformed, matchesType };
