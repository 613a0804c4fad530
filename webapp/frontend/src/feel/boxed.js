/** Boxed expressions: contexts, invocations, functions, lists, relations, conditions, loops. */
import { FeelFunction, isRange } from "feelin";

import { blank } from "./border.js";
import { tableValue } from "./tables.js";
import { isContext } from "./types.js";

/** Sets a name as a name, also one that JavaScript has a meaning for. */
export function put(scope, name, value) {
  Object.defineProperty(scope, name, { value, writable: true, enumerable: true, configurable: true });
}

/** The value of any boxed expression, as its type has it. */
export function boxed(node, scope, run) {
  if (node === null) {
    return null;
  }
  const value = KINDS[node.kind](node, scope, run);
  // The type of a function is that of what it gives, too.
  return node.kind === "function" ? value : run.typed(value, node.type, node.id);
}

const KINDS = {
  literal: (node, scope, run) => (node.text === null ? null : run.text(node.text, scope)),
  table: tableValue,
  context(node, scope, run) {
    const inner = { ...scope };
    const found = {};
    for (const { name, type, value, id } of node.entries) {
      const result = run.typed(boxed(value, { ...inner }, run), type, id);
      if (name === null) {
        return result;
      }
      put(inner, name, result);
      put(found, name, result);
    }
    return found;
  },
  function: (node, scope, run) => functionOf(node, () => scope, run),
  invocation(node, scope, run) {
    const called = boxed(node.called, scope, run);
    if (!(called instanceof FeelFunction)) {
      run.fail(node.id, `It invokes '${node.called?.text?.text ?? ""}', which is no function.`);
      return null;
    }
    const given = Object.fromEntries(node.bindings.map(({ name, value }) => [name, boxed(value, scope, run)]));
    return run.invoked(called, given, node.id);
  },
  list: (node, scope, run) => node.items.map((item) => boxed(item, scope, run)),
  relation: (node, scope, run) =>
    node.rows.map((row) =>
      Object.fromEntries(
        node.columns.map(({ name, type }, at) => [name, run.typed(boxed(row[at] ?? null, scope, run), type, node.id)]),
      ),
    ),
  conditional(node, scope, run) {
    const holds = boxed(node.if, scope, run);
    return typeof holds === "boolean" ? boxed(holds ? node.then : node.else, scope, run) : null;
  },
  filter(node, scope, run) {
    const found = boxed(node.in, scope, run);
    if (blank(found)) {
      return null;
    }
    const items = Array.isArray(found) ? found : [found];
    const matches = items.map((item) => {
      const fields = isContext(item) ? item : {};
      return boxed(node.match, { ...scope, ...fields, item }, run);
    });
    return matches.every((match) => typeof match === "boolean") ? items.filter((_, at) => matches[at]) : null;
  },
  for(node, scope, run) {
    const partial = [];
    const visit = (item) => partial.push(boxed(node.return, { ...item, partial }, run));
    return iterated(node, scope, run, visit) ? partial : null;
  },
  some: (node, scope, run) => quantified(node, scope, run, true),
  every: (node, scope, run) => quantified(node, scope, run, false),
};

/** null where one of the items gives neither true nor false. */
function quantified(node, scope, run, decisive) {
  const results = [];
  if (!iterated(node, scope, run, (item) => results.push(boxed(node.satisfies, item, run)))) {
    return null;
  }
  const known = results.every((result) => typeof result === "boolean");
  return known ? results.includes(decisive) === decisive : null;
}

/** Calls `visit` with the scope of each item; false: there is no list. */
function iterated(node, scope, run, visit) {
  const found = boxed(node.in, scope, run);
  if (blank(found)) {
    return false;
  }
  const items = isRange(found) ? run.text({ text: "for each in range return each" }, { range: found }) : found;
  for (const item of Array.isArray(items) ? items : [items]) {
    visit({ ...scope, [node.variable]: item });
  }
  return true;
}

/**
 * A function of FEEL with typed parameters. `around` gives the scope of its body when it is called;
 * `type` is what the variable that holds it says of its type.
 */
export function functionOf(node, around, run, type = null) {
  const names = node.parameters.map(({ name }) => name);
  return new FeelFunction((...values) => {
    if (node.language) {
      run.fail(node.id, `Functions in ${node.language} are not run.`);
      return null;
    }
    const fitting = run.fitting(values, node.parameters, node.id);
    if (fitting === null) {
      return null;
    }
    const inner = { ...around() };
    names.forEach((name, at) => put(inner, name, fitting[at]));
    const result = run.typed(boxed(node.body, inner, run), run.types.given(node.type), node.id);
    return run.typed(result, run.types.given(type), node.id);
  }, names);
}
