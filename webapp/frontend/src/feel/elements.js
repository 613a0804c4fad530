/** Elements of a model: input data, decisions, knowledge models and services. */
import { FeelFunction } from "feelin";

import { boxed, functionOf } from "./boxed.js";
import { MISFIT } from "./types.js";

/** What each kind of element gives. */
const VALUES = {
  input({ name, prefixes, type, id }, run) {
    const { inputs } = run;
    const dotted = prefixes.map((each) => `${each}.${name}`).find((each) => Object.hasOwn(inputs, each));
    const holds = (each) => Object.hasOwn(inputs, each) && inputs[each] instanceof Object;
    const prefix = prefixes.find((each) => holds(each) && Object.hasOwn(inputs[each], name));
    if (prefix !== undefined) {
      return given(name, type, id, run, inputs[prefix]);
    }
    return given(dotted ?? name, type, id, run);
  },
  decision(element, run) {
    const scope = run.scopeOf(element);
    run.deciding.push(element.id);
    const value = run.typed(boxed(element.logic, scope, run), element.type, element.id);
    run.deciding.pop();
    run.notes.evaluated.push({ key: element.id, name: element.name, value: run.tell(value) });
    return value;
  },
  knowledge: (element, run) =>
    element.logic === null ? null : functionOf(element.logic, () => run.scopeOf(element), run, element.type),
  service: serviceOf,
};

/** The value of an element that others require. */
export const elementValue = (element, run) => VALUES[element.kind](element, run);

/** A decision service as a function of its input data and input decisions. */
function serviceOf(element, run) {
  return new FeelFunction(
    (...values) => {
      const fitting = run.fitting(values, element.parameters, element.id);
      if (fitting === null) {
        return null;
      }
      const known = new Map(element.parameters.map(({ key }, at) => [key, fitting[at]]));
      return serviceValue(element, Object.create(run, { values: { value: known }, inputs: { value: {} } }));
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
export function given(name, type, element, run, inputs = run.inputs) {
  if (!Object.hasOwn(inputs, name)) {
    run.note(element, `'${name}' is not given.`);
    return null;
  }
  const value = run.types.conform(inputs[name], type, true);
  if (value === MISFIT) {
    run.fail(element, `${run.types.misfit(inputs[name], type, `'${name}'`, true)}.`);
    return null;
  }
  return value;
}

function askedFunction(element, run) {
  const called = VALUES.knowledge(element, run);
  const parameters = element.logic?.parameters ?? [];
  const values = Object.fromEntries(parameters.map(({ name, type }) => [name, given(name, type, element.id, run)]));
  return called === null ? null : run.invoked(called, values, element.id);
}

/** The value of an element that is asked by its name. */
export function askedValue(element, key, run) {
  if (element.kind === "service") {
    return askedService(element, run);
  }
  return element.kind === "knowledge" ? askedFunction(element, run) : run.valueOf(key);
}
