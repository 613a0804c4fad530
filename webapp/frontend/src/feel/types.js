/**
 * Types of DMN, and what becomes of a value where a type is asked for (DMN 1.5, 10.3.2.9.4).
 *
 * A type is { base } | { list } | { fields } | { function: [types, type] } | { range } | { ref }, with
 * `allowed` { text, whole }, unary tests that values have to pass: each item of a list, or the list
 * as a whole. null is any type.
 */
import { FeelDate, FeelDateTime, FeelDuration, FeelRange, FeelTime, date, dateAndTime, duration, isFunction, time } from "feelin";

import { blank, shown } from "./border.js";
import { valueOf } from "./language.js";

/** Returned where a value does not conform: null is a value. */
export const MISFIT = Symbol("misfit");

export const isContext = (value) => !blank(value) && Object.getPrototypeOf(value) === Object.prototype;

const CHECKS = {
  any: () => true,
  number: (value) => typeof value === "number",
  "whole number": Number.isInteger,
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  date: (value) => value instanceof FeelDate,
  time: (value) => value instanceof FeelTime,
  "date and time": (value) => value instanceof FeelDateTime,
  "days and time duration": (value) => value instanceof FeelDuration && !value.yearsMonths,
  "years and months duration": (value) => value instanceof FeelDuration && value.yearsMonths,
  duration: (value) => value instanceof FeelDuration,
  context: isContext,
  list: Array.isArray,
  function: isFunction,
  null: blank,
};

const FROM_TEXT = {
  date,
  time,
  "date and time": dateAndTime,
  "days and time duration": duration,
  "years and months duration": duration,
  duration,
};

/** The types of one model. */
export class Types {
  constructor(named) {
    this.named = named;
    this.keys = new Map();
    for (const key of Object.keys(named)) {
      const name = key.slice(key.indexOf(":") + 1);
      if (!this.keys.has(name)) {
        this.keys.set(name, key);
      }
    }
  }

  /** The key of a type that a text names, with or without the name of an import before it. */
  keyOf(name) {
    return this.keys.get(name) ?? this.keys.get(name.slice(name.indexOf(".") + 1));
  }

  /** The type behind references; a reference that goes in circles is any type. */
  behind(type) {
    let found = type;
    for (let hops = 0; found?.ref !== undefined; hops += 1) {
      const { allowed } = found;
      found = hops > 50 ? null : this.named[found.ref] ?? null;
      if (allowed && found) {
        found = { ...found, allowed };
      }
    }
    return found;
  }

  /** The type of what a function of this type gives; another type is that of the result itself. */
  given(wanted) {
    const type = this.behind(wanted);
    return type?.function === undefined ? type : type.function[1];
  }

  /**
   * `value` as the type has it, or MISFIT. What comes from outside is `read`: texts of dates and the
   * like become such, and a field that is not there is null.
   */
  conform(value, wanted, read = false) {
    const type = this.behind(wanted);
    if (blank(value) || !type) {
      return value ?? null;
    }
    if (type.list !== undefined) {
      return this.list(value, type, read);
    }
    const lone = Array.isArray(value) && value.length === 1 && type.base !== "list" && type.base !== "any";
    const found = this.single(lone ? value[0] : value, type, read);
    return found !== MISFIT && type.allowed && !this.allows(type.allowed, found) ? MISFIT : found;
  }

  list(value, type, read) {
    const items = [];
    for (const item of Array.isArray(value) ? value : [value]) {
      const found = this.conform(item, type.list, read);
      if (found === MISFIT || (type.allowed && !type.allowed.whole && !this.allows(type.allowed, found))) {
        return MISFIT;
      }
      items.push(found);
    }
    return type.allowed?.whole && !this.allows(type.allowed, items) ? MISFIT : items;
  }

  single(value, type, read) {
    if (type.fields !== undefined) {
      return this.context(value, type.fields, read);
    }
    if (type.function !== undefined) {
      return isFunction(value) ? value : MISFIT;
    }
    if (type.range !== undefined) {
      return value instanceof FeelRange ? value : MISFIT;
    }
    if (blank(value) || (CHECKS[type.base]?.(value) ?? true)) {
      return value;
    }
    if (read && typeof value === "string" && FROM_TEXT[type.base]) {
      const found = FROM_TEXT[type.base](value);
      return found !== null && CHECKS[type.base](found) ? found : MISFIT;
    }
    if (type.base === "date and time" && value instanceof FeelDate) {
      return dateAndTime(`${value.iso}T00:00:00Z`);
    }
    return MISFIT;
  }

  context(value, fields, read) {
    if (!isContext(value)) {
      return MISFIT;
    }
    const found = { ...value };
    for (const [name, type] of Object.entries(fields)) {
      const own = Object.hasOwn(value, name);
      found[name] = own || read ? this.conform(own ? value[name] : null, type, read) : MISFIT;
      if (found[name] === MISFIT) {
        return MISFIT;
      }
    }
    return found;
  }

  /** Says of a value that does not conform what is wrong with it, as far inside as can be. */
  misfit(value, wanted, name, read = false) {
    const type = this.behind(wanted);
    const fits = (part, inner) => this.conform(part, inner, read) !== MISFIT;
    if (type.list !== undefined) {
      const items = Array.isArray(value) ? value : [value];
      const at = items.findIndex((item) => !fits(item, type.list));
      if (at >= 0) {
        return this.misfit(items[at], type.list, Array.isArray(value) ? `${name}[${at + 1}]` : name, read);
      }
    }
    if (type.fields !== undefined && isContext(value)) {
      const wrong = Object.entries(type.fields).find(([field, inner]) => !(Object.hasOwn(value, field) || read) || !fits(value[field], inner));
      if (wrong !== undefined) {
        const [field, inner] = wrong;
        return Object.hasOwn(value, field)
          ? this.misfit(value[field], inner, `${name}.${field}`, read)
          : `${name} has no field '${field}'`;
      }
    }
    const lone = Array.isArray(value) && value.length === 1 ? value[0] : value;
    const known = type.list !== undefined || this.single(lone, type, read) !== MISFIT;
    const reason = known && type.allowed ? `not allowed; allowed is ${type.allowed.text}` : `not ${nameOf(type)}`;
    return `${name} is ${shown(value)}, which is ${reason}`;
  }

  allows(allowed, value) {
    try {
      return value === null || valueOf("tests", allowed.text, { "?": value }) === true;
    } catch {
      return false;
    }
  }

  /**
   * Whether a value is an instance of a type that the model names; null where it names none such.
   * Which of the values of the type are allowed does not count.
   */
  instance(value, name) {
    const key = this.keyOf(name);
    return key === undefined ? null : !blank(value) && this.exactly(value, this.named[key]);
  }

  exactly(value, wanted) {
    const type = this.behind(wanted);
    if (type?.fields !== undefined) {
      const fits = ([name, part]) => Object.hasOwn(value, name) && (blank(value[name]) || this.exactly(value[name], part));
      return isContext(value) && Object.entries(type.fields).every(fits);
    }
    if (type?.list !== undefined) {
      return Array.isArray(value) && value.every((item) => blank(item) || this.exactly(item, type.list));
    }
    return !type || (!Array.isArray(value) && this.single(value, type, false) === value);
  }
}

/** What a type is called, for people, and how its values are written where nobody knows it. */
function nameOf({ base, list, fields }) {
  if (list !== undefined) {
    return "a list";
  }
  return fields === undefined ? `a ${base ?? "value of its type"}${WRITTEN[base] ?? ""}` : "a context with fields";
}

const WRITTEN = {
  date: ", such as 2026-03-01",
  time: ", such as 10:30:00Z",
  "date and time": ", such as 2026-03-01T10:30:00Z",
  "days and time duration": ", such as P1DT4H",
  "years and months duration": ", such as P1Y6M",
};
