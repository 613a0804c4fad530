/** What goes along with one evaluation of a model: values, types, and what is told beside the result. */
import { ADDED, clock } from "./additions.js";
import { blank, outwardOrNull } from "./border.js";
import { put } from "./boxed.js";
import { elementValue } from "./elements.js";
import { valueOf } from "./language.js";
import { MISFIT } from "./types.js";

const MOST_NOTES = 50;
/** A table that is called in a loop fires for ever; nobody reads more. */
const MOST_FIRED = 500;
/** Characters of JSON of all values that are told beside the result; those that come last are null. */
const MOST_TOLD = 256 * 1024;
/** Characters of a text, as everywhere in the engine. */
export const LONGEST = 4_000;
/** A name, or a path that begins with one. */
const PATH = /^\s*([A-Za-z_]\w*)(\.[A-Za-z_]\w*)*\s*$/;

/** feelin gives a signal of its own where names do not fit. */
const isFailure = (value) => typeof value === "object" && "warning" in value && "template" in value;

/** One evaluation: what is known so far, and what is to be told. */
export class Run {
  constructor({ elements, names, types }, inputs, known, now) {
    this.elements = elements;
    this.types = types;
    this.values = new Map(known);
    this.notes = { failures: [], warnings: [], fired: [], evaluated: [] };
    this.inputs = inputs;
    const undeclared = Object.entries(inputs).filter(([name]) => !names.has(name));
    this.outside = { ...ADDED, ...clock(now), ...Object.fromEntries(undeclared) };
    this.deciding = [];
    /** Shared with the services that are called. */
    this.room = { left: MOST_TOLD };
  }

  /** A value as it is told: null for what JSON has not, and for long ones once there is no room. */
  tell(value) {
    const found = outwardOrNull(value);
    if (found === null || (typeof found !== "object" && typeof found !== "string")) {
      return found;
    }
    this.room.left -= JSON.stringify(found).length;
    return this.room.left < 0 ? null : found;
  }

  fail(element, message) {
    if (this.notes.failures.length < MOST_NOTES) {
      this.notes.failures.push([element, message]);
    }
  }

  note(element, message) {
    if (this.notes.warnings.length < MOST_NOTES) {
      this.notes.warnings.push([element, message]);
    }
  }

  fired(table, rule, values, outputs) {
    if (this.notes.fired.length === MOST_FIRED) {
      return;
    }
    const matched = table.inputs
      .map(({ label }, column) => [label, values[column], rule.tests[column]?.text])
      .filter(([, , text]) => text !== undefined)
      .map(([label, value, text]) => [label, this.tell(value), text]);
    this.notes.fired.push({
      decision: this.deciding.at(-1) ?? "",
      id: rule.id,
      row: rule.row,
      matched,
      outputs: Object.fromEntries(table.outputs.map(({ name }, column) => [name, this.tell(outputs[column])])),
      annotations: rule.annotations,
    });
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
  text({ text, element = null, language }, scope) {
    if (language) {
      this.fail(element, `It is written in ${language}, which is not run inside of another expression.`);
      return null;
    }
    if (this.isLong(text, element)) {
      return null;
    }
    return this.guarded(element, () => valueOf("expression", text, scope, (message) => this.note(element, message)), null);
  }

  /** Whether the value of `?` passes the tests of a text. */
  passes({ text, element = null }, scope) {
    return !this.isLong(text, element) && this.guarded(element, () => valueOf("tests", text, scope), false) === true;
  }

  /** Whether a text is too long to be read, which is told. */
  isLong(text, element) {
    const found = text.length > LONGEST;
    if (found) {
      this.fail(element, "It has more than 4,000 characters.");
    }
    return found;
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
    this.fail(element, `${this.types.misfit(value, type, "What it gives")}.`);
    return null;
  }

  /** The values that a function is called with, as its parameters have them; null where they do not fit. */
  fitting(values, parameters, element) {
    if (values.length !== parameters.length) {
      this.fail(element, `It has ${parameters.length} parameters, and is called with ${values.length} values.`);
      return null;
    }
    const found = values.map((value, at) => this.types.conform(value ?? null, parameters[at].type));
    const at = found.indexOf(MISFIT);
    if (at === -1) {
      return found;
    }
    const { name, type } = parameters[at];
    this.fail(element, `${this.types.misfit(values[at], type, `The parameter '${name}'`)}.`);
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
      this.values.set(key, elementValue(this.elements[key], this));
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
