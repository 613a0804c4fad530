/**
 * Durations, and the arithmetic with them (DMN 1.5, 10.3.2.3.7, 10.3.2.3.8 and 10.3.2.13).
 *
 * There are two kinds, years and months and days and time, which nothing converts: a month has no
 * number of days. feelin counts both from 1 January 1970, which confuses them and ends at 271,821.
 */
import { FeelDuration, Temporal, dateOf, isDate, isDateTime, isDuration, isTime, isZoned, theirs } from "feelin";

import { orNull } from "./years.js";

const MILLION = 1_000_000;
const MILLIARD = 1_000_000_000;

const monthsOf = (value) => value.years * 12 + value.months;

/** null where the value is more than a duration can hold. */
const made = (value, yearsMonths) => orNull(() => new FeelDuration(Temporal.Duration.from(value), yearsMonths));

/** XML Schema lets the seconds end in a point. */
function duration(from) {
  return theirs.duration(typeof from === "string" ? from.replace(/(\d)\.S$/, "$1S") : from);
}

function normalize(value) {
  if (value.years === 0 && value.months === 0) {
    return value.round({ largestUnit: "day" });
  }
  const months = monthsOf(value);
  return value.with({ years: Math.trunc(months / 12), months: months % 12 });
}

/** Only whole months count. */
function yearsAndMonthsDuration(from, to) {
  return new FeelDuration(from.value.until(to.value, { largestUnit: "year", smallestUnit: "month" }), true);
}

/** A number that orders values of one kind: months, or milliseconds. */
function toComparable(value) {
  if (!isDuration(value)) {
    return theirs.toComparable(value);
  }
  return value.yearsMonths ? monthsOf(value.value) : value.value.total("nanosecond") / MILLION;
}

function durationEquals(first, second) {
  return first.yearsMonths === second.yearsMonths ? toComparable(first) === toComparable(second) : null;
}

/** The kinds have no order between them. */
function rangeIncludes(range, value) {
  const other = (end) => isDuration(end) && end.yearsMonths !== value.yearsMonths;
  return isDuration(value) && (other(range.start) || other(range.end)) ? null : theirs.rangeIncludes(range, value);
}

/** A date remains a date; a time of day has no month to move by. */
function addDuration(temporal, added, sign) {
  if (isTime(temporal) && added.yearsMonths) {
    return null;
  }
  const found = orNull(() => theirs.addDuration(temporal, added, sign));
  return isDate(temporal) && isDateTime(found) ? dateOf(found) : found;
}

/** The time between two moments. A date is its midnight in UTC; one with a zone and one without have none. */
function subtractTemporals(first, second) {
  const fixed = (value) => isDate(value) || isZoned(value);
  if (isTime(first) !== isTime(second) || fixed(first) !== fixed(second)) {
    return null;
  }
  const below = ({ value }) => (value.microsecond ?? 0) * 1000 + (value.nanosecond ?? 0);
  const milliseconds = theirs.toComparable(first) - theirs.toComparable(second);
  const rest = made({ nanoseconds: below(first) - below(second) }, false);
  const found = made({ milliseconds }, false);
  return found && made(found.value.add(rest.value), false);
}

/** What is counted of a duration: months, or seconds. */
const amountOf = ({ value, yearsMonths }) => (yearsMonths ? monthsOf(value) : value.total("second"));

/** A duration of the kind of `like`; parts of a month are cut off. */
function ofAmount(amount, { yearsMonths }) {
  const whole = Math.trunc(amount);
  const nanoseconds = Math.round((amount - whole) * MILLIARD);
  return made(yearsMonths ? { months: whole } : { seconds: whole, nanoseconds }, yearsMonths);
}

function negation(value) {
  return made(value.value.negated(), value.yearsMonths);
}

/** One of the two is a duration. */
function product(first, second) {
  const [value, factor] = isDuration(first) ? [first, second] : [second, first];
  return typeof factor === "number" ? ofAmount(amountOf(value) * factor, value) : null;
}

/** One of the two is a duration. */
function quotient(first, second) {
  if (!isDuration(first)) {
    return null;
  }
  if (isDuration(second)) {
    return first.yearsMonths === second.yearsMonths && amountOf(second) !== 0 ? amountOf(first) / amountOf(second) : null;
  }
  return typeof second === "number" && second !== 0 ? ofAmount(amountOf(first) / second, first) : null;
}

export const FUNCTIONS = {
  addDuration,
  duration,
  durationEquals,
  negation,
  normalize,
  product,
  quotient,
  rangeIncludes,
  subtractTemporals,
  toComparable,
  yearsAndMonthsDuration,
};
