/** What a text finds beside its variables: functions that Camunda 8 adds to FEEL, and the clock. */
import { FeelDate, FeelDateTime, FeelDuration, FeelFunction, date, dateAndTime } from "feelin";

import { blank } from "./border.js";

const given = (names, body) => new FeelFunction(body, names);

function iso(number, figures = 2) {
  return String(number).padStart(figures, "0");
}

/** Functions that Camunda 8 adds to FEEL, where they need nothing but their values. */
export const ADDED = {
  cycle: given(["repetitions", "interval"], (first, second) => {
    const [times, interval] = second === undefined ? [null, first] : [first, second];
    return interval instanceof FeelDuration ? `R${times ?? ""}/${interval.iso}` : null;
  }),
  "get or else": given(["value", "default"], (value, other) => (blank(value) ? other : value)),
  "is blank": given(["string"], (text) => (typeof text === "string" ? text.trim() === "" : null)),
  "is defined": given(["value"], (value) => !blank(value)),
  "is empty": given(["list"], (list) => (Array.isArray(list) ? list.length === 0 : null)),
  "last day of month": given(["date"], (day) =>
    day instanceof FeelDate || day instanceof FeelDateTime
      ? date(`${iso(day.year, 4)}-${iso(day.month)}-${iso(new Date(Date.UTC(day.year, day.month, 0)).getUTCDate())}`)
      : null,
  ),
  trim: given(["string"], (text) => (typeof text === "string" ? text.trim() : null)),
};

/** The clock stands at the moment of the engine; without one, asking for it fails. */
export function clock(now) {
  const moment = () => {
    if (now === null) {
      throw new Error("the time is not known here");
    }
    return dateAndTime(now);
  };
  return {
    now: given([], moment),
    today: given([], () => date(String(moment().iso).slice(0, 10))),
  };
}
