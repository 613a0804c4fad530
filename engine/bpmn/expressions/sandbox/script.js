/**
 * Runs one script in a realm of its own: variables are globals, `execution` is what Camunda 7 gives.
 * The engine calls it with JSON and takes JSON: the value of the script, and which variables it
 * set and removed. The clock stands at the moment of the engine. What `let` and `const` declare
 * stays inside the script.
 *
 * The script shares the realm with what is here, and can change all that JavaScript has. So the answer
 * is written with functions that were put aside, from values that inherit nothing, such as a toJSON;
 * and the engine looks at it as at anything from outside.
 */
(payload) => {
  const { variables, text, now } = JSON.parse(payload);
  const { stringify } = JSON;
  const { entries, fromEntries, getOwnPropertyNames, hasOwn, keys, setPrototypeOf } = Object;
  const { isArray } = Array;
  const { apply } = Reflect;
  const run = globalThis.eval;
  const scope = globalThis;
  const TAG = "\0";

  const RealDate = Date;
  const { toISOString } = Date.prototype;
  scope.Date = class Date extends RealDate {
    constructor(...parts) {
      super(...(parts.length ? parts : [Date.now()]));
    }
    static now() {
      if (now === null) {
        throw new Error("the time is not known here");
      }
      return RealDate.parse(now);
    }
  };
  delete scope.Temporal;
  delete scope.WebAssembly;
  delete scope.SharedArrayBuffer;

  const inward = (value) => {
    if (isArray(value)) return value.map(inward);
    if (value === null || typeof value !== "object") return value;
    if (hasOwn(value, TAG)) return new RealDate(value[TAG][1]);
    return fromEntries(entries(value).map(([key, part]) => [key, inward(part)]));
  };
  const bare = (value) => setPrototypeOf(value, null);
  const outward = (value) => {
    if (typeof value === "bigint") return Number(value);
    if (value === undefined || typeof value === "function" || typeof value === "symbol") return null;
    if (value === null || typeof value !== "object") return value;
    if (value instanceof RealDate) return bare({ [TAG]: bare(["moment", apply(toISOString, value, [])]) });
    return isArray(value) ? listed(value) : copied(value);
  };
  const listed = (value) => {
    const found = bare([]);
    for (let at = 0; at < value.length; at += 1) found[at] = outward(value[at]);
    return found;
  };
  const copied = (value) => {
    const found = bare({});
    const names = keys(value);
    for (let at = 0; at < names.length; at += 1) found[usable(names[at])] = outward(value[names[at]]);
    return found;
  };
  const usable = (name) => {
    if (name === TAG) throw new Error("it gives a name that no variable can have");
    return name;
  };

  const execution = {
    getVariable: (name) => (hasOwn(scope, name) ? scope[name] : null),
    getVariables: () => fromEntries(names().map((name) => [name, scope[name]])),
    hasVariable: (name) => names().includes(name),
    removeVariable: (name) => void delete scope[name],
    setVariable: (name, value) => void (scope[name] = value),
  };
  execution.getVariableLocal = execution.getVariable;
  execution.setVariableLocal = execution.setVariable;
  scope.execution = execution;
  scope.print = scope.println = () => {};
  const own = new Set(getOwnPropertyNames(scope));
  const names = () => getOwnPropertyNames(scope).filter((name) => !own.has(name));

  const before = bare({});
  for (const [name, value] of entries(variables)) {
    if (!own.has(name)) {
      scope[name] = inward(value);
      before[name] = stringify(outward(scope[name]));
    }
  }
  const value = outward(run(text));
  const set = bare({});
  for (const name of names()) {
    if (typeof scope[name] !== "function") {
      const after = outward(scope[name]);
      if (stringify(after) !== before[name]) set[usable(name)] = after;
    }
  }
  const removed = bare(keys(before).filter((name) => !hasOwn(scope, name)));
  return stringify(bare({ value, set, removed }));
}
