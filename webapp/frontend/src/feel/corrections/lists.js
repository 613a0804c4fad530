/** Lists (DMN 1.5, 10.3.4.4), and the results of 'some' and 'every' (10.3.2.13). */
import { FeelFunction, equals, fn, invalidArguments } from "feelin";

import { blank } from "../border.js";

/** Replaces the item at a position, or each item that a function of it and the new one holds for. */
function listReplace(list, position, item, match) {
  const given = [position, match].filter((value) => !blank(value));
  if (given.length !== 1) {
    return null;
  }
  return typeof given[0] === "number" ? replacedAt(list, given[0], item) : replacedWhere(list, given[0], item);
}

/** Positions are counted from 1, or from the end where they are negative. */
function replacedAt(list, position, item) {
  const at = position < 0 ? list.length + position : position - 1;
  const there = Number.isInteger(position) && position !== 0 && at >= 0 && at < list.length;
  return there ? list.with(at, item) : invalidArguments("list replace expects a position in the list, got {position}", { position });
}

function replacedWhere(list, match, item) {
  if (!(match instanceof FeelFunction) || match.parameterNames.length !== 2) {
    return invalidArguments("list replace expects a position or a function of two items, got {match}", { match });
  }
  const fits = list.map((old) => match.invoke([old, item]));
  return fits.every((fit) => typeof fit === "boolean") ? list.map((old, at) => (fits[at] ? item : old)) : null;
}

/** The condition's result for all scopes: `decisive` if it gives that once, null if it once gives no boolean. */
function decided(scopes, condition, decisive) {
  let found = !decisive;
  for (const scope of scopes) {
    const result = condition(scope);
    if (result === decisive) {
      return decisive;
    }
    found = typeof result === "boolean" ? found : null;
  }
  return found;
}

const isSame = (item, wanted) => equals(item ?? null, wanted ?? null) === true;

/** Numbers are ordered as such; feelin orders their figures. */
function median(list) {
  const ordered = list.toSorted((left, right) => left - right);
  const middle = ordered.length / 2;
  return Number.isInteger(middle) ? (ordered[middle - 1] + ordered[middle]) / 2 : ordered[Math.floor(middle)];
}

export const FUNCTIONS = { decided, median };
export const BUILTINS = {
  "list contains": fn((list, element) => list.some((item) => isSame(item, element)), ["list", "any?"], ["list", "element"]),
  "index of": fn(
    (list, match) => list.flatMap((item, at) => (isSame(item, match) ? [at + 1] : [])),
    ["list", "any?"],
    ["list", "match"],
  ),
  "list replace": fn(listReplace, ["list", "any?", "any", "function?"], ["list", "position", "newItem", "match"]),
};
