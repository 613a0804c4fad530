/** Where feelin departs from DMN 1.5: puts ours in its place. What is in its text is in ../../feelin.mjs. */
import { builtins, replaceWith } from "feelin";

import * as dates from "./corrections/dates.js";
import * as durations from "./corrections/durations.js";
import * as lists from "./corrections/lists.js";
import * as numbers from "./corrections/numbers.js";
import * as reading from "./corrections/reading.js";
import * as ranges from "./corrections/ranges.js";
import * as texts from "./corrections/texts.js";
import * as types from "./corrections/types.js";

const SUBJECTS = [dates, durations, lists, numbers, reading, ranges, texts, types];

replaceWith(Object.assign({}, ...SUBJECTS.map(({ FUNCTIONS }) => FUNCTIONS)));
Object.assign(builtins, ...SUBJECTS.map(({ BUILTINS }) => BUILTINS));

export { hooks } from "./corrections/types.js";
