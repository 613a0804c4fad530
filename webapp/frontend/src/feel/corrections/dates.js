/** Dates, times and their zones: what is read and how it is written (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.6 and 10.3.4.1). */
import {
  FeelDate,
  FeelDateTime,
  FeelFunction,
  FeelTime,
  Temporal,
  equals,
  fixedOffsetSeconds,
  getType,
  isDuration,
  isTemporal,
  offsetZone,
  theirs,
} from "feelin";

import { dateOfNumbers, dateOfText, orNull } from "./years.js";

/** XML Schema allows 14 hours, ISO 8601 and Java 18, feelin 24. */
const LARGEST_OFFSET = 18 * 3600;

/** Text and zone. An offset and a zone together may contradict: they are the zone "", which is none. */
function splitZone(text) {
  const found = theirs.splitZone(text);
  const doubled = text.includes("@") && theirs.splitZone(found.value).zone !== null;
  return doubled ? { ...found, zone: "" } : found;
}

function isValidZone(zone) {
  return Math.abs(fixedOffsetSeconds(zone) ?? 0) <= LARGEST_OFFSET && theirs.isValidZone(zone);
}

/** An offset of nothing is written Z. */
function zoneSuffix(zone) {
  return fixedOffsetSeconds(zone) === 0 ? "Z" : theirs.zoneSuffix(zone);
}

function parseDate(text) {
  return orNull(() => new FeelDate(dateOfText(text, Temporal.PlainDate)));
}

function parseDateTime(text) {
  const { value, zone } = splitZone(text);
  const moment = value.includes("T") ? value : `${value}T00:00:00`;
  return isValidZone(zone) ? orNull(() => new FeelDateTime(dateOfText(moment, Temporal.PlainDateTime), zone)) : null;
}

function dateFrom(year, month, day) {
  return orNull(() => new FeelDate(dateOfNumbers(year, month, day)));
}

/** Seconds may have a fraction. */
function timeFrom(hour, minute, second, offset = null) {
  const zoned = offset === null || isValidZone(offsetZone(offset));
  const time = zoned ? theirs.timeFrom(hour, minute, Math.floor(second), offset) : null;
  const nanoseconds = Math.floor((second % 1) * 1_000_000_000 + 0.5);
  return time && (nanoseconds ? new FeelTime(time.value.add({ nanoseconds }), time.zone) : time);
}

/**
 * Whether two values are the same in all their parts (10.3.4.6): of times, the offset is such a
 * part, and not the name of the zone; durations of the two kinds differ, even where both are nothing.
 */
function same(first, second) {
  if (first === undefined || second === undefined) {
    return null;
  }
  if (isTemporal(first) && isTemporal(second)) {
    const alike = getType(first) === getType(second) && String(first["time offset"]) === String(second["time offset"]);
    return alike && equals(first, second);
  }
  if (isDuration(first) && isDuration(second)) {
    return first.yearsMonths === second.yearsMonths && equals(first, second);
  }
  return equals(first, second, true);
}

/** Passes over names that are not its own. */
class Is extends FeelFunction {
  invoke(given) {
    return super.invoke(Array.isArray(given) ? given : [given.value1, given.value2]);
  }
}

export const FUNCTIONS = { dateFrom, isValidZone, parseDate, parseDateTime, splitZone, timeFrom, zoneSuffix };
export const BUILTINS = { is: new Is(same, ["value1", "value2"]) };
