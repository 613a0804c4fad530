/** Numbers from texts (DMN 1.5, 10.3.4.1), and to how many figures they are rounded (10.3.4.5). */
import { builtins, fn, invalidArguments } from "feelin";

import { blank } from "../border.js";

const SCALES = { least: -6111, most: 6176 };
const NUMBER = /^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** A number, or a text with separators, of which both or none are named. */
function number(given, grouping, decimal) {
  const from = Array.isArray(given) && given.length === 1 ? given[0] : given;
  if (typeof from === "number") {
    return blank(grouping) && blank(decimal) ? from : null;
  }
  const halfNamed = grouping !== undefined && decimal === undefined;
  if (typeof from !== "string" || halfNamed || !areSeparators(grouping, decimal)) {
    return null;
  }
  const ungrouped = blank(grouping) ? from : from.replaceAll(grouping, "");
  const pointed = decimal === "," ? swapped(ungrouped) : ungrouped;
  return NUMBER.test(pointed) ? Number(pointed) : invalidArguments("number expects a numeric text, got {from}", { from });
}

function areSeparators(grouping, decimal) {
  const known = [" ", ",", "."].includes(grouping ?? " ") && [",", "."].includes(decimal ?? ".");
  return known && (blank(grouping) || grouping !== decimal);
}

/** Points and commas in each other's place: a point that is no separator makes it no number. */
const swapped = (text) => text.replace(/[.,]/g, (sign) => (sign === "." ? "," : "."));

/** A calculated number as decimals have it: binary fractions are sure of 15 figures. */
function decimal(value) {
  return typeof value === "number" && !Number.isInteger(value) && Number.isFinite(value) ? Number(value.toPrecision(15)) : value;
}

const sum = (list) => list.reduce((total, item) => (total === null ? item : decimal(total + item)), null);

/** Half of what lies between goes to the even neighbour. */
function halfEven(value) {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2 === 0 ? 0 : 1) : Math.round(value);
}

const byMagnitude = (round) => (value) => Math.sign(value) * round(Math.abs(value));

const ROUNDINGS = {
  decimal: halfEven,
  floor: Math.floor,
  ceiling: Math.ceil,
  "round up": byMagnitude(Math.ceil),
  "round down": byMagnitude(Math.floor),
  "round half up": byMagnitude((value) => Math.floor(value + 0.5)),
  "round half down": byMagnitude((value) => Math.ceil(value - 0.5)),
};

/** A rounding to a scale, a whole number that decimals of 128 bits have; what is beyond is cut off. */
function rounding(name) {
  const round = ROUNDINGS[name];
  const optional = name === "floor" || name === "ceiling";
  const rounded = (n, given = optional ? 0 : null) => {
    const scale = given === null ? NaN : Math.trunc(given);
    if (!(scale >= SCALES.least && scale <= SCALES.most)) {
      return null;
    }
    const factor = 10 ** scale;
    const found = decimal(round(decimal(n * factor)) / factor);
    return Number.isNaN(found) ? n : found;
  };
  return fn(rounded, ["number", optional ? "number?" : "number"], ["n", "scale"]);
}

/** A function of feelin, with its result as a decimal. */
function exact(name) {
  const theirs = builtins[name];
  return Object.assign((...given) => decimal(theirs(...given)), { $args: theirs.$args });
}

export const FUNCTIONS = { decimal, sum };
export const BUILTINS = {
  number: fn(number, ["any", "string?", "string?"], ["from", "grouping separator", "decimal separator"]),
  ...Object.fromEntries(Object.keys(ROUNDINGS).map((name) => [name, rounding(name)])),
  ...Object.fromEntries(["mean", "product", "stddev", "sqrt", "exp", "log"].map((name) => [name, exact(name)])),
};
