/**
 * Values to JSON and back. JSON has no dates, times and durations: they cross the border as
 * { "\0": [type, ISO text] }, and so does a number that JSON cannot write.
 */
import { FeelDate, FeelDateTime, FeelDuration, FeelRange, FeelTime, date, dateAndTime, duration, isFunction, time } from "feelin";

const TAG = "\0";
const PARSERS = { date, moment: dateAndTime, time, duration };

/** Characters of JSON that a value may have on its way out. */
export const LARGEST_RESULT = 64 * 1024;

export const blank = (value) => value === null || value === undefined;

/** Whether an object is one of ours, and not what somebody made to look like one. */
function isTag(value) {
  const tag = Object.hasOwn(value, TAG) ? value[TAG] : null;
  return Array.isArray(tag) && tag.length === 2 && typeof tag[1] === "string" && Object.hasOwn(PARSERS, tag[0]);
}

/** A value of Python, as FEEL has it. */
export function inward(value) {
  if (Array.isArray(value)) {
    return value.map(inward);
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  if (isTag(value)) {
    const [kind, text] = value[TAG];
    return PARSERS[kind](text);
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inward(part)]));
}

function tagged(value) {
  if (value instanceof FeelDate) {
    return ["date", value.iso];
  }
  if (value instanceof FeelDateTime) {
    return ["moment", value.iso];
  }
  if (value instanceof FeelTime) {
    return ["time", value.iso];
  }
  return value instanceof FeelDuration ? ["duration", value.iso] : null;
}

/** A value of FEEL as JSON can hold it. Throws for what no variable can hold. */
export function outward(value) {
  if (blank(value) || (typeof value === "number" && !Number.isFinite(value))) {
    return null;
  }
  if (typeof value !== "object" && typeof value !== "function") {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(outward);
  }
  const known = tagged(value);
  if (known !== null) {
    return { [TAG]: known };
  }
  if (value instanceof FeelRange || isFunction(value) || typeof value === "function") {
    throw new Error("it gives a range or a function, which no variable can hold");
  }
  if (Object.hasOwn(value, TAG)) {
    throw new Error("it gives a context with a key that no variable can have");
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, outward(part)]));
}

/** A value as JSON can hold it; null for what it cannot. */
export function outwardOrNull(value) {
  try {
    return outward(value);
  } catch {
    return null;
  }
}

/** A value as a failure shows it. */
export function shown(value) {
  let text;
  try {
    text = JSON.stringify(outward(value), (key, part) => (part?.[TAG] ? part[TAG][1] : part));
  } catch {
    text = "a range or a function";
  }
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
