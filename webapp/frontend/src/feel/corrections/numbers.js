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

/** A rounding of feelin. A scale is a whole number that decimals of 128 bits have; what is beyond is cut off. */
function rounding(name) {
  const theirs = builtins[name];
  return fn(
    (n, scale) => {
      const whole = Math.trunc(scale);
      return whole >= SCALES.least && whole <= SCALES.most ? theirs(n, whole) : null;
    },
    ["number", "number"],
    ["n", "scale"],
  );
}

const ROUNDINGS = ["decimal", "round down", "round half down", "round half up", "round up"];

export const BUILTINS = {
  number: fn(number, ["any", "string?", "string?"], ["from", "grouping separator", "decimal separator"]),
  ...Object.fromEntries(ROUNDINGS.map((name) => [name, rounding(name)])),
};
