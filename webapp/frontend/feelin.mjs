/**
 * feelin, opened for the engine: its interpreter, so that a text is parsed once and kept, and the
 * places where it departs from DMN 1.5.
 *
 * Most corrections are functions of src/feel/corrections/: some are built-in functions of FEEL, and
 * some take the place of a function of feelin (REPLACED). Only what stands in the middle of one is
 * corrected in its text (CORRECTIONS). The build fails where feelin no longer has what is named here.
 */
import { readFile } from "node:fs/promises";

/** What the engine uses of feelin that feelin keeps for itself. */
const OPENED = [
  "InterpreterContext",
  "NAMED_TYPE_CHECKS",
  "Temporal",
  "builtins",
  "cmp",
  "dateOf",
  "equals",
  "fixedOffsetSeconds",
  "fn",
  "getType",
  "interpreter",
  "invalidArguments",
  "isDate",
  "isDateTime",
  "isDuration",
  "isTemporal",
  "isTime",
  "isZoned",
  "offsetZone",
  "parser",
  "trackVariables",
];

/** Functions of feelin that ours may take the place of; they find its own in `theirs`. */
const REPLACED = [
  "addDuration",
  "createRegexp",
  "dateFrom",
  "duration",
  "durationEquals",
  "isValidZone",
  "matchesType",
  "median",
  "normalize",
  "parseDate",
  "parseDateTime",
  "rangeIncludes",
  "splitZone",
  "sum",
  "subtractTemporals",
  "timeFrom",
  "toComparable",
  "yearsAndMonthsDuration",
  "zoneSuffix",
];

/** Functions that feelin lacks; the corrected text calls them. */
const ADDED = ["asksAboutValue", "conformed", "decimal", "decided", "negation", "product", "quotient", "withEnds"];

/** `wrong` is there as often as `times` says; once, where it says nothing. `right` makes the text that takes its place. */
const CORRECTIONS = [
  {
    clause: "10.3.2.13",
    why: "An order of two types that have none is null; feelin compares as JavaScript does.",
    wrong: /TEMPORAL_INSTANT_TYPES\.has\(valueType\) &&\s+TEMPORAL_INSTANT_TYPES\.has\(range\.valueType\) &&\s+/,
    right: () => "",
  },
  {
    clause: "10.3.2.13",
    why: "The same for a range between two such types; feelin fails.",
    wrong: /throw new Error\(`unsupported range: [^`]*`\);/,
    right: () => "return createRange(null, null);",
  },
  {
    clause: "10.3.2.3.5",
    why: "Years are written as they are: -44 is -0044 and 12000 is 12000; Temporal adds signs and zeros.",
    wrong: /this\.iso = this\.value\.toString\(\)/,
    right: (found) => `${found}.replace(/^(?:\\+|(-))0*(?=\\d{4,}-)/, "$1")`,
    times: 3,
  },
  {
    clause: "10.3.2.13",
    why: "A duration is multiplied by a number; feelin multiplies numbers only.",
    wrong: /case '\*': return (nullable\(.*?, \['number'\]\));/,
    right: (_found, plain) => `case '*': return ${scaling("product", plain)};`,
  },
  {
    clause: "10.3.2.13",
    why: "A duration is divided by a number or by its like; feelin divides numbers only.",
    wrong: /case '\/': return (nullable\(.*?, \['number'\]\));/,
    right: (_found, plain) => `case '/': return ${scaling("quotient", plain)};`,
  },
  {
    clause: "10.3.2.3.1",
    why: "Numbers are decimal: 0.1 + 0.2 is 0.3. Results are rounded to the 15 figures that are sure.",
    wrong: /return op\(left, right\);/,
    right: () => "return decimal(op(left, right));",
  },
  {
    clause: "10.3.2.13",
    why: "A duration has an opposite; feelin subtracts it from 0, which is null.",
    wrong: /return op\(context\)\(\(\) => 0, value\);/,
    right: () =>
      "const negated = value(context); return isDuration(negated) ? negation(negated) : op(context)(() => 0, () => negated);",
  },
  {
    clause: "10.3.2.13",
    why: "'every' joins its results with a three-valued 'and'; feelin takes a text for true.",
    wrong: /return contexts\.every\(ctx => isTruthy\(_condition\(ctx\)\)\);/,
    right: () => "return decided(contexts, _condition, false);",
  },
  {
    clause: "10.3.2.13",
    why: "'some' joins its results with a three-valued 'or'; feelin takes a text for true.",
    wrong: /return contexts\.some\(ctx => isTruthy\(_condition\(ctx\)\)\);/,
    right: () => "return decided(contexts, _condition, true);",
  },
  {
    clause: "10.3.2.5",
    why: "A filter gives a list, of a single value too; feelin gives the value.",
    wrong: /(if \(idx === true\) \{\s+)return target;/,
    right: (_found, before) => `${before}return filterTarget;`,
  },
  {
    clause: "10.3.2.5",
    why: "A filter keeps the items that it holds for; feelin loses those that are false or null.",
    wrong: /return filterTarget\.map\(el => \{/,
    right: () => "return filterTarget.filter(el => {",
  },
  {
    clause: "10.3.2.5",
    why: "The same: what holds is true, and nothing else.",
    wrong: /if \(result === true\) \{\s+return el;\s+\}\s+return result;\s+\}\)\.filter\(isTruthy\);/,
    right: () => "return result === true; });",
  },
  {
    clause: "10.3.2.13",
    why: "'if' takes the first way where its condition is true; feelin does where it is a text or a number.",
    wrong: /if \(isTruthy\(ifCondition\(context\)\)\)/,
    right: () => "if (ifCondition(context) === true)",
  },
  {
    clause: "10.3.1.2",
    why: "1e5 and - 5 are numbers; feelin stops reading at the e, and at the blank.",
    wrong: /node\.input\.includes\('\.'\) \? parseFloat\(node\.input\) : parseInt\(node\.input\)/,
    right: () => "Number(node.input.replace(/\\s/g, ''))",
  },
  {
    clause: "7.3.3",
    why: "A test that asks about ? decides by its answer; feelin takes null for a value to compare with.",
    wrong: /(case 'PositiveUnaryTest': )(return \(context\) => \{)/,
    right: (_found, before, after) =>
      `${before}if (asksAboutValue(node.input)) { return (context) => args[0](context) ?? false; } ${after}`,
  },
  {
    clause: "10.3.2.6",
    why: "A context has a key once, else it is null; in feelin the last one wins.",
    wrong: /merged\[key\] = value;\s+result\[key\] = value;/,
    right: (found) => `if (Object.hasOwn(result, key)) { return null; } ${found}`,
  },
  {
    clause: "10.3.2.7",
    why: "A range that includes null as an end holds nothing; feelin takes it for a range without that end.",
    wrong: /(const right = args\[3\]\(context\);)(\s+const startIncluded)/,
    right: (_found, before, after) =>
      `${before} if (left === null && startBracket || right === null && endBracket) { return createRange(null, null); }${after}`,
  },
  {
    clause: "10.3.2.7",
    why: "(=10) is a range with ends; in feelin it has none.",
    wrong: /return args\[0\]\(context\)\(args\[1\]\(context\)\);/,
    right: () => "const end = args[1](context); return withEnds(args[0](context)(end), end);",
  },
  {
    clause: "10.3.2.9.4",
    why: "A function is null where an argument is not of its parameter's type; feelin forgets the types.",
    wrong: /case 'FormalParameter': return args\[0\];/,
    right: () => "case 'FormalParameter': return { name: args[0], type: args.find(isTypeDescriptor) };",
  },
  {
    clause: "10.3.2.9.4",
    why: "The same: the names of the parameters, apart from the types.",
    wrong: /const parameterNames = args\[2\];/,
    right: () => "const parameters = args[2]; const parameterNames = parameters.map(({ name }) => name);",
  },
  {
    clause: "10.3.2.9.4",
    why: "The same: the arguments, as the types have them.",
    wrong: /(return wrapFunction\(\()\.\.\.args(\) => \{)(\s+const fnContext)/,
    right: (_found, before, between, after) =>
      `${before}...given${between} const args = conformed(given, parameters); if (args === null) { return null; }${after}`,
  },
];

/** An operation of feelin on numbers, and ours where one of the two is a duration. */
function scaling(ours, plain) {
  return `(a, b) => {
    const left = a(context), right = b(context);
    return isDuration(left) || isDuration(right) ? ${ours}(left, right) : ${plain}(() => left, () => right);
  }`;
}

function checkCount(contents, pattern, wanted) {
  const count = [...contents.matchAll(new RegExp(pattern, "g"))].length;
  if (count !== wanted) {
    throw new Error(`feelin has changed: ${pattern} is there ${count} times and not ${wanted}; look at its correction`);
  }
}

/** The source of feelin, corrected and opened. Throws where it is not the feelin that this was written for. */
export function opened(source) {
  let contents = source;
  for (const { wrong, right, times = 1 } of CORRECTIONS) {
    checkCount(contents, wrong, times);
    contents = contents.replace(new RegExp(wrong, "g"), right);
  }
  REPLACED.forEach((name) => checkCount(contents, `(?<=\\n)function ${name}\\(`, 1));
  return `${contents}
let ${ADDED.join(", ")};
export { ${OPENED.join(", ")} };
export const theirs = { ${REPLACED.join(", ")} };
export function replaceWith(ours) {
  ({ ${[...REPLACED, ...ADDED].map((name) => `${name} = ${name}`).join(", ")} } = ours);
}
`;
}

/** The plugin of esbuild. */
export const openFeelin = {
  name: "open-feelin",
  setup(bundling) {
    bundling.onLoad({ filter: /feelin[\\/]dist[\\/]index\.js$/ }, async ({ path: file }) => ({
      contents: opened(await readFile(file, "utf8")),
    }));
  },
};
