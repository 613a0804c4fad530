/**
 * DMN: evaluates one decision, service or function of a model with all that it requires.
 *
 * A request is { model, target, inputs, known, now, overriding }: `model` names a plan that was kept;
 * where it was not, or no longer is, the answer is { unknown: true }. `keep` keeps one, and `warm` reads
 * some of its cells; its answer is { left }, whether there are more. `inputs` are values by name,
 * `known` values of decisions that were decided elsewhere, by key. The answer is
 *   { value, failures: [[element, message]], warnings: [...], fired: [...], evaluated: [...] }.
 *
 * A plan (engine/bpmn/decisions/model.py says what is in it) is { elements, types }: elements by key, of kind
 * input, decision, knowledge or service; `needs` are [path of names, key] of what each requires.
 */
import { LARGEST_RESULT, inward, outward } from "./border.js";
import { hooks } from "./corrections.js";
import { askedValue, given } from "./elements.js";
import { Kept, weightOfJson } from "./keeping.js";
import { LONGEST, Run } from "./run.js";
import { Types } from "./types.js";
import { cellsOf, readOn } from "./warming.js";

const plans = new Kept(8 * 1024 * 1024);

/** Keeps a plan of so many characters; what was kept first goes first. */
export function keep({ model, plan }, characters) {
  if (!plans.has(model)) {
    const { elements } = plan;
    const names = new Set(Object.values(elements).map(({ name }) => name));
    const kept = { elements, names, types: new Types(plan.types), cells: cellsOf(elements) };
    plans.set(model, kept, weightOfJson(characters));
  }
  return {};
}

export function warm({ model }) {
  const found = plans.get(model);
  return found === undefined ? { unknown: true } : { left: readOn(found.cells) };
}

export function decide({ model, target, inputs, known, now, overriding }) {
  const found = plans.get(model);
  if (found === undefined) {
    return { unknown: true };
  }
  const run = new Run(found, inward(inputs), inward(known), now);
  if (overriding) {
    override(run, found.elements, target);
  }
  hooks.types = run.types;
  const element = found.elements[target];
  const value = run.guarded(element.id, () => askedValue(element, target, run), null);
  return answer(value, run, element.id);
}

/** An input with the name of a decision stands for it. */
function override(run, elements, target) {
  for (const [key, { kind, name, type, id }] of Object.entries(elements)) {
    if (kind === "decision" && key !== target && Object.hasOwn(run.inputs, name)) {
      run.values.set(key, given(name, type, id, run));
    }
  }
}

function answer(value, run, element) {
  let result = null;
  try {
    result = outward(value);
    if (JSON.stringify(result).length > LARGEST_RESULT) {
      result = null;
      run.fail(element, "Its result is larger than 64 kB.");
    }
  } catch (error) {
    run.fail(element, `${error.message[0].toUpperCase()}${error.message.slice(1)}.`);
  }
  return { value: result, ...run.notes };
}
