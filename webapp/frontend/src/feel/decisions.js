/**
 * DMN: evaluates one decision, service or function of a model with all that it requires.
 *
 * A request is { model, target, inputs, known, now, overriding }: `model` names a plan that was kept;
 * where it was not, or no longer is, the answer is { unknown: true }. `inputs` are values by name,
 * `known` values of decisions that were decided elsewhere, by key. The answer is
 *   { value, failures: [[element, message]], warnings: [...], fired: [...], evaluated: [...] }.
 *
 * A plan (engine/bpmn/decisions/model.py says what is in it) is { elements, types }: elements by key, of kind
 * input, decision, knowledge or service; `needs` are [path of names, key] of what each requires.
 */
import { LARGEST_RESULT, inward, outward } from "./border.js";
import { hooks } from "./corrections.js";
import { askedValue, given } from "./elements.js";
import { compiled } from "./language.js";
import { Run } from "./run.js";
import { Types } from "./types.js";

const MOST_PLANS = 50;
const plans = new Map();

/**
 * Keeps a plan; what was kept first goes first. Its cells are read now, so that a decision does not
 * spend its time on reading a long table.
 */
export function keep({ model, plan }) {
  if (plans.size >= MOST_PLANS) {
    plans.delete(plans.keys().next().value);
  }
  const { elements } = plan;
  const names = new Set(Object.values(elements).map(({ name }) => name));
  plans.set(model, { elements, names, types: new Types(plan.types) });
  Object.values(elements).forEach(({ logic }) => readCells(logic?.body ?? logic));
  return {};
}

function readCells(table) {
  for (const { tests, outputs } of table?.rules ?? []) {
    tests.forEach((cell) => readCell("tests", cell));
    outputs.forEach((cell) => readCell("expression", cell));
  }
}

function readCell(kind, cell) {
  try {
    if (cell !== null) {
      compiled(kind, cell.text);
    }
  } catch {
    // What is no FEEL is told where it is evaluated.
  }
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
  } catch {
    run.fail(element, "It gives a range or a function, which no variable can hold.");
  }
  return { value: result, ...run.notes };
}
