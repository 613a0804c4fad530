/**
 * Years as DMN 1.5 has them (10.3.2.3.5, after XML Schema): -999,999,999 to 999,999,999, four digits
 * or more. Temporal ends at 271,821.
 *
 * The calendar repeats after 400 years, its weekdays too. A date beyond Temporal is a near date with
 * the years between the two added to what is shown and compared.
 */
import { Temporal } from "feelin";

const MOST = 999_999_999;
const LAST_OF_TEMPORAL = 271_000;
const CYCLE = 400;
const CYCLE_IN_MILLISECONDS = 146_097 * 86_400_000;
/** Zones have their rules of today in the first of these years, and none in the other. */
const NEAR = { future: 2000, past: 0 };
const WRITTEN = /^(-?(?:\d{4}|[1-9]\d{4,8}))(-\d\d-\d\d(?:T.*)?)$/;

/**
 * A date `years` after `near`, in the shape of a value of Temporal. It has what feelin shows,
 * compares and adds to; anything else fails and gives no wrong value. Moments are exact to seconds.
 */
function far(near, years) {
  const { year, month, day, hour, minute, second, dayOfWeek } = near;
  const also = (method) => (...given) => far(near[method](...given), years);
  return {
    year: year + years,
    month,
    day,
    hour,
    minute,
    second,
    dayOfWeek,
    add: also("add"),
    toPlainDate: also("toPlainDate"),
    toPlainDateTime: also("toPlainDateTime"),
    toPlainTime: () => near.toPlainTime(),
    toString: () => near.toString().replace(/^\d{4}/, String(year + years)),
    toZonedDateTime: (zone) => {
      const { epochMilliseconds, offsetNanoseconds } = near.toZonedDateTime(zone);
      return { epochMilliseconds: epochMilliseconds + (years / CYCLE) * CYCLE_IN_MILLISECONDS, offsetNanoseconds };
    },
  };
}

/** What `make` gives for a year, which may lie beyond Temporal; null for what is no year. */
function inYear(year, make) {
  if (!Number.isInteger(year) || Math.abs(year) > MOST) {
    return null;
  }
  if (Math.abs(year) <= LAST_OF_TEMPORAL) {
    return make(year);
  }
  const years = Math.floor(year / CYCLE) * CYCLE - (year > 0 ? NEAR.future : NEAR.past);
  return far(make(year - years), years);
}

/** The date of three numbers. Throws where there is no such day. */
export function dateOfNumbers(year, month, day) {
  return inYear(year, (near) => Temporal.PlainDate.from({ year: near, month, day }, { overflow: "reject" }));
}

/** What `make` gives; null where Temporal has no such value. */
export function orNull(make) {
  try {
    return make();
  } catch {
    return null;
  }
}

/** A year as Temporal reads it: with a sign and six digits where four are not enough. */
function padded(year) {
  if (year >= 0 && year <= 9999) {
    return String(year).padStart(4, "0");
  }
  return (year < 0 ? "-" : "+") + String(Math.abs(year)).padStart(6, "0");
}

/** A date, or a date and time without a zone. Throws where `text` is none. */
export function dateOfText(text, type) {
  const [, year, rest] = WRITTEN.exec(text) ?? [];
  return inYear(Number(year), (near) => type.from(padded(near) + rest));
}
