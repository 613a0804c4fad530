/** Functions on texts that take a regular expression (DMN 1.5, 10.3.4.3, after XPath). */
import { builtins, fn } from "feelin";

import { regularExpression, replacement } from "../xpath.js";

/** null where it is none. feelin makes the answer of the function of that. */
function createRegexp(pattern, flags, added = "") {
  try {
    return regularExpression(pattern, flags, added);
  } catch {
    return null;
  }
}

function replace(input, pattern, text, flags) {
  const found = createRegexp(pattern, flags ?? "", "g");
  const put = replacement(text);
  return found === null || put === null ? null : input.replace(found, put);
}

export const FUNCTIONS = { createRegexp };
export const BUILTINS = {
  replace: fn(replace, ["string", "string", "string", "string?"], builtins.replace.$args),
};
