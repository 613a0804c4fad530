/** Functions on texts that take a regular expression (DMN 1.5, 10.3.4.3, after XPath). */
import { builtins, fn, invalidArguments } from "feelin";

import { regularExpression, replacement } from "../xpath.js";

/** null where it is none; feelin says so for the functions that are its own. */
function createRegexp(pattern, flags, added = "") {
  try {
    return regularExpression(pattern, flags, added);
  } catch {
    return null;
  }
}

function replace(input, pattern, text, flags) {
  const found = createRegexp(pattern, flags ?? "", "g");
  if (found === null) {
    return invalidArguments("replace expects a valid pattern, got {pattern}", { pattern });
  }
  const put = replacement(text);
  return put === null ? invalidArguments("replace expects a valid replacement, got {text}", { text }) : input.replace(found, put);
}

export const FUNCTIONS = { createRegexp };
export const BUILTINS = {
  replace: fn(replace, ["string", "string", "string", "string?"], builtins.replace.$args),
};
