/**
 * FEEL and DMN in the sandbox of the engine: one function, JSON in and out. It runs in V8 without a
 * browser.
 *
 * Built by build.mjs into engine/bpmn/expressions/sandbox/feel.js. A request is
 *   { check: [kind, text, names] }                     -> { reads }, { error, at } or { failure }
 *   { run: [[kind, text], ...], variables, now }       -> [{ value } or { error }, ...]
 *   { keep: { model, plan } }, { warm: { model } } and { decide: { model, target, inputs, ... } }
 *                                                       see decisions.js
 * where kind is "expression" or "tests". Dates cross the border as { "\0": [type, ISO text] },
 * because JSON has none.
 */
import { ADDED, clock } from "./additions.js";
import { LARGEST_RESULT, inward, outward } from "./border.js";
import { decide, keep, warm } from "./decisions.js";
import { hooks } from "./corrections.js";
import { check, valueOf } from "./language.js";

function one(kind, text, scope) {
  try {
    const answer = JSON.stringify({ value: outward(valueOf(kind, text, scope)) });
    return answer.length > LARGEST_RESULT ? JSON.stringify({ error: "its result is larger than 64 kB" }) : answer;
  } catch (error) {
    return JSON.stringify({ error: String(error.message ?? error).slice(0, 200) });
  }
}

globalThis.corral = (request) => {
  const asked = JSON.parse(request);
  if (asked.check) {
    return JSON.stringify(check(...asked.check));
  }
  if (asked.keep) {
    return JSON.stringify(keep(asked.keep, request.length));
  }
  if (asked.warm) {
    return JSON.stringify(warm(asked.warm));
  }
  if (asked.decide) {
    return JSON.stringify(decide(asked.decide));
  }
  hooks.types = null; // no model, no types
  const scope = { ...ADDED, ...clock(asked.now), ...inward(asked.variables) };
  return `[${asked.run.map(([kind, text]) => one(kind, text, scope)).join()}]`;
};
