/** Decision tables: which rules fit, and what that gives by the hit policy (DMN 1.5, 8.2.8). */
import { blank, outward, shown } from "./border.js";
import { valueOf } from "./language.js";
import { MISFIT } from "./types.js";

const SEVERAL = new Set(["COLLECT", "RULE ORDER", "OUTPUT ORDER"]);

const rowsOf = (hits) => hits.map(({ rule }) => rule.row).join(", ").replace(/, (\d+)$/, " and $1");

/** Entries of contexts in the order of their names: in which they were written makes no difference. */
const sorted = (key, part) =>
  part === null || typeof part !== "object" || Array.isArray(part)
    ? part
    : Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)));

const written = (value) => JSON.stringify(outward(value), sorted);

const same = (left, right) => written(left) === written(right);

/** The value of a table. `run` knows the types, evaluates texts and takes failures. */
export function tableValue(table, scope, run) {
  const values = table.inputs.map((input) => inputValue(input, scope, run));
  if (values.includes(MISFIT)) {
    return null;
  }
  const scopes = values.map((value, column) => ({ ...scope, [table.inputs[column].variable]: value, "?": value }));
  const fitting = [];
  for (const rule of table.rules) {
    if (rule.tests.every((test, column) => test === null || run.passes(test, scopes[column]))) {
      fitting.push(rule);
      if (table.policy === "FIRST") {
        break;
      }
    }
  }
  const found = fitting.map((rule) => ({ rule, outputs: outputsOf(table, rule, scope, run) }));
  const hits = chosen(table, found, scope, run);
  if (hits === null) {
    return null;
  }
  hits.forEach(({ rule, outputs }) => run.fired(table, rule, values, outputs));
  return result(table, hits, scope, run);
}

/**
 * The value of a column. Its type counts where the expression is a variable that the model does not
 * know: what it knows has been looked at where it came from, and modelers write "string" everywhere.
 */
function inputValue({ label, text, type, allowed }, scope, run) {
  const given = run.text(text, scope);
  const outside = run.isOutside(text.text, scope);
  let value = run.types.conform(given, type, outside);
  if (value === MISFIT && outside) {
    run.fail(text.element, `${run.types.misfit(given, type, `The input '${label}'`, true)}.`);
    return MISFIT;
  }
  value = value === MISFIT ? given : value;
  if (allowed !== null && !blank(value) && !run.passes(allowed, { ...scope, "?": value })) {
    run.fail(text.element, `The input '${label}' is ${shown(value)}, which its values do not allow.`);
    return MISFIT;
  }
  return value;
}

function outputsOf(table, rule, scope, run) {
  return table.outputs.map((output, column) => {
    const text = rule.outputs[column];
    return text === null ? null : typed(output, run.text(text, scope), ` in row ${rule.row}`, rule.id, run);
  });
}

function typed(output, value, where, id, run) {
  const found = run.types.conform(value, output.type);
  if (found === MISFIT) {
    run.fail(id, `${run.types.misfit(value, output.type, `The output '${output.name}'${where}`)}.`);
    return null;
  }
  return found;
}

/** The hits that count, in their order; null where they contradict the hit policy. */
function chosen({ id, policy, outputs }, hits, scope, run) {
  if (policy === "UNIQUE" && hits.length > 1) {
    run.fail(id, `The hit policy UNIQUE allows one rule, but the rules in rows ${rowsOf(hits)} fit.`);
    return null;
  }
  if (policy === "ANY" && hits.some((hit) => !same(hit.outputs, hits[0].outputs))) {
    run.fail(id, `The hit policy ANY asks for the same outputs, but those of the rules in rows ${rowsOf(hits)} differ.`);
    return null;
  }
  if (policy === "PRIORITY" || policy === "OUTPUT ORDER") {
    const orders = outputs.map(({ values }) => (values === null ? [] : run.text({ ...values, text: `[${values.text}]` }, scope)));
    const rank = (hit) => orders.map((order, column) => place(order, hit.outputs[column]));
    hits.sort((left, right) => byRank(rank(left), rank(right)));
  }
  return SEVERAL.has(policy) ? hits : hits.slice(0, 1);
}

function place(order, value) {
  const found = order.findIndex((item) => same(item, value));
  return found === -1 ? order.length : found;
}

function byRank(left, right) {
  const column = left.findIndex((rank, at) => rank !== right[at]);
  return column === -1 ? 0 : left[column] - right[column];
}

/** One output is its value, several are a context of their names. */
const shaped = ({ outputs }, values) =>
  outputs.length === 1 ? values[0] : Object.fromEntries(outputs.map(({ name }, column) => [name, values[column]]));

function result(table, hits, scope, run) {
  const several = SEVERAL.has(table.policy) && !table.aggregation;
  if (hits.length === 0 && table.outputs.some((output) => output.default !== null)) {
    const values = table.outputs.map((output) =>
      output.default === null ? null : typed(output, run.text(output.default, scope), " by default", table.id, run),
    );
    return several ? [shaped(table, values)] : shaped(table, values);
  }
  if (table.aggregation) {
    return aggregated(table, hits.map(({ outputs }) => outputs[0]), run);
  }
  if (several) {
    return hits.map(({ outputs }) => shaped(table, outputs));
  }
  return hits.length === 0 ? null : shaped(table, hits[0].outputs);
}

function aggregated({ id, aggregation }, found, run) {
  if (aggregation === "COUNT") {
    return found.length;
  }
  const known = found.filter((value) => !blank(value));
  if (known.length === 0) {
    return null;
  }
  const names = { SUM: "sum", MIN: "min", MAX: "max" };
  const value = run.guarded(id, () => valueOf("expression", `${names[aggregation]}(found)`, { found: known }), null);
  if (blank(value)) {
    run.fail(id, `${aggregation} cannot be built of ${shown(known)}.`);
  }
  return value;
}
