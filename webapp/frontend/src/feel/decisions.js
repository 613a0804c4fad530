/**
 * DMN: evaluates one decision, service or function of a model with all that it requires.
 *
 * A request is { model, target, inputs, known, now, overriding }: `model` names a plan that was kept;
 * where it was not, or no longer is, the answer is { unknown: true }. `inputs` are values by name,
 * `known` values of decisions that were decided elsewhere, by key. The answer is
 *   { value, failures: [[element, message]], warnings: [...], fired: [...], evaluated: [...] }.
 *
 * A plan (made by engine/bpmn/decisions/plan.py) is { elements, types }: elements by key, of kind
 * input, decision, knowledge or service; `needs` are [path of names, key] of what each requires.
 */
import { ADDED, clock } from "./additions.js";
import { FeelFunction } from "feelin";
import { blank, inward, outward } from "./border.js";
import { boxed, functionOf, put } from "./boxed.js";
import { compiled, valueOf } from "./language.js";
import { hooks } from "./corrections.js";
import { shown } from "./tables.js";
import { MISFIT, Types, nameOf } from "./types.js";

const MOST_PLANS = 50;
const MOST_NOTES = 50;
const LARGEST_RESULT = 64 * 1024;
const PATH = /^\s*([A-Za-z_]\w*)(\.[A-Za-z_]\w*)*\s*$/;
const plans = new Map();

/** One evaluation. */
class Run {
  constructor(plan, inputs, known, now) {
    this.plan = plan;
    this.types = new Types(plan.types);
    this.values = new Map(known);
    this.notes = { failures: [], warnings: [], fired: [], evaluated: [] };
    this.inputs = inputs;
    const declared = new Set(Object.values(plan.elements).map(({ name }) => name));
    const undeclared = Object.entries(inputs).filter(([name]) => !declared.has(name));
    this.outside = { ...ADDED, ...clock(now), ...Object.fromEntries(undeclared) };
    this.deciding = [];
  }

  fail(element, message) {
    if (this.notes.failures.length < MOST_NOTES) {
      this.notes.failures.push([element, message]);
    }
  }

  fired(table, rule, values, outputs) {
    const matched = table.inputs
      .map(({ label }, column) => [label, outwardOr(values[column]), rule.tests[column]?.text])
      .filter(([, , text]) => text !== undefined);
    this.notes.fired.push({
      decision: this.deciding.at(-1) ?? "",
      id: rule.id,
      row: rule.row,
      matched,
      outputs: Object.fromEntries(table.outputs.map(({ name }, column) => [name, outwardOr(outputs[column])])),
      annotations: rule.annotations,
    });
  }

  note(element, message) {
    if (this.notes.warnings.length < MOST_NOTES) {
      this.notes.warnings.push([element, message]);
    }
  }

  /** The value of `work`, or `otherwise` where it fails. */
  guarded(element, work, otherwise) {
    try {
      return work();
    } catch (error) {
      this.fail(element, `It failed: ${String(error.message ?? error).slice(0, 200)}.`);
      return otherwise;
    }
  }

  /** The value of a text; null where it fails. */
  text({ text, element = null }, scope) {
    return this.guarded(element, () => valueOf("expression", text, scope, (message) => this.note(element, message)), null);
  }

  /** Whether the value of `?` passes the tests of a text. */
  passes({ text, element = null }, scope) {
    return this.guarded(element, () => valueOf("tests", text, scope), false) === true;
  }

  /** Whether a text is a variable, or a part of one, that is given and that the model does not know. */
  isOutside(text, scope) {
    const name = PATH.exec(text)?.[1];
    return name !== undefined && Object.hasOwn(this.outside, name) && scope[name] === this.outside[name];
  }

  typed(value, type, element) {
    const found = this.types.conform(value, type);
    if (found !== MISFIT) {
      return found;
    }
    this.fail(element, `${shown(value)} is not ${nameOf(type)}.`);
    return null;
  }

  invoked(called, given, element) {
    const result = called.invoke(given);
    if (blank(result) || !isFailure(result)) {
      return result ?? null;
    }
    this.fail(element, "The names it is called with are not those of its parameters.");
    return null;
  }

  valueOf(key) {
    if (!this.values.has(key)) {
      this.values.set(key, null); // what requires itself finds null
      this.values.set(key, VALUES[this.plan.elements[key].kind](this.plan.elements[key], key, this));
    }
    return this.values.get(key);
  }

  /** What an element sees: what it requires, and what is given that the model does not know. */
  scopeOf(element) {
    const scope = { ...this.outside };
    for (const [path, key] of element.needs) {
      const value = this.valueOf(key);
      put(scope, path[0], path.length === 1 ? value : { ...scope[path[0]], [path[1]]: value });
    }
    return scope;
  }
}

/** feelin gives a signal of its own where names do not fit. */
const isFailure = (value) => typeof value === "object" && "warning" in value && "template" in value;

function outwardOr(value) {
  try {
    return outward(value);
  } catch {
    return null;
  }
}

const VALUES = {
  input(element, key, run) {
    const prefix = element.prefixes.find((name) => run.inputs[name]?.[element.name] !== undefined);
    const dotted = element.prefixes.map((name) => `${name}.${element.name}`).find((name) => Object.hasOwn(run.inputs, name));
    if (prefix !== undefined && !Object.hasOwn(run.inputs, element.name)) {
      run.inputs[element.name] = run.inputs[prefix][element.name];
    }
    return given(Object.hasOwn(run.inputs, element.name) ? element.name : (dotted ?? element.name), element.type, element.id, run);
  },
  decision(element, key, run) {
    const scope = run.scopeOf(element);
    run.deciding.push(element.id);
    const value = run.typed(boxed(element.logic, scope, run), element.type, element.id);
    run.deciding.pop();
    run.notes.evaluated.push({ key: element.id, name: element.name, value: outwardOr(value) });
    return value;
  },
  knowledge: (element, key, run) =>
    element.logic === null ? null : functionOf(element.logic, () => run.scopeOf(element), run, element.type),
  service: (element, key, run) => serviceOf(element, run),
};

/** A decision service as a function of its input data and input decisions. */
function serviceOf(element, run) {
  return new FeelFunction(
    (...values) => {
      if (values.length !== element.parameters.length) {
        run.fail(element.id, `It has ${element.parameters.length} parameters, and is called with ${values.length} values.`);
        return null;
      }
      const inner = Object.create(run, { values: { value: new Map() }, inputs: { value: {} } });
      for (const [at, { key, name, type }] of element.parameters.entries()) {
        const value = run.types.conform(values[at] ?? null, type);
        if (value === MISFIT) {
          run.fail(element.id, `The parameter '${name}' is not ${nameOf(type)}.`);
          return null;
        }
        inner.values.set(key, value);
      }
      return serviceValue(element, inner);
    },
    element.parameters.map(({ name }) => name),
  );
}

function serviceValue(element, run) {
  const found = element.outputs.map(([name, key]) => [name, run.valueOf(key)]);
  const value = found.length === 1 ? found[0][1] : Object.fromEntries(found);
  return run.typed(value, run.types.given(element.type), element.id);
}

/** A service that is asked by name takes its input decisions from the inputs too. */
function askedService(element, run) {
  for (const { key, name, type, decision } of element.parameters) {
    if (decision) {
      run.values.set(key, given(name, type, key, run));
    }
  }
  return serviceValue(element, run);
}

/** What is given under a name, read as its type has it. */
function given(name, type, element, run) {
  if (!Object.hasOwn(run.inputs, name)) {
    run.note(element, `'${name}' is not given.`);
    return null;
  }
  const value = run.types.conform(run.inputs[name], type, true);
  if (value === MISFIT) {
    run.fail(element, `'${name}' is ${shown(run.inputs[name])}, which is not ${nameOf(type)} or not allowed.`);
    return null;
  }
  return value;
}

function askedFunction(element, key, run) {
  const called = run.valueOf(key);
  const parameters = element.logic?.parameters ?? [];
  const values = Object.fromEntries(parameters.map(({ name, type }) => [name, given(name, type, element.id, run)]));
  return called === null ? null : run.invoked(called, values, element.id);
}

/**
 * Keeps a plan; what was kept first goes first. Its cells are read now, so that a decision does not
 * spend its time on reading a long table.
 */
export function keep({ model, plan }) {
  if (plans.size >= MOST_PLANS) {
    plans.delete(plans.keys().next().value);
  }
  plans.set(model, plan);
  Object.values(plan.elements).forEach(({ logic }) => readCells(logic?.body ?? logic));
  return {};
}

function readCells(table) {
  for (const { tests, outputs } of table?.rules ?? []) {
    tests.forEach((cell) => readable("tests", cell));
    outputs.forEach((entry) => readable("expression", entry));
  }
}

/** A text that is no FEEL is told where it is evaluated. */
function readable(kind, text) {
  try {
    return text === null || compiled(kind, text.text) !== null;
  } catch {
    return false;
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
  const value = run.guarded(
    element.id,
    () => {
      if (element.kind === "service") {
        return askedService(element, run);
      }
      return element.kind === "knowledge" ? askedFunction(element, target, run) : run.valueOf(target);
    },
    null,
  );
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
