/**
 * What is kept from one request to the next. Texts of all workspaces share one heap (see worker.py),
 * so what is kept is bounded by what it weighs: bytes, as they were measured with heap statistics over
 * texts of many kinds. Cells of tables are met within a fifth; the worst text (a row of minus signs)
 * weighs twice as much as is counted. All that is kept is looked at when V8 collects garbage, which
 * the text has to wait for that is under way: some 45 ms for 35 MB.
 */
const EACH = 800;
const A_CHARACTER = 2;
const A_NODE = 200;

/** What a text weighs that is kept as functions, one for each node of its tree. */
export const weightOf = (key, nodes) => EACH + key.length * A_CHARACTER + nodes * A_NODE;

/** What a value weighs that has so many characters of JSON. */
export const weightOfJson = (characters) => EACH + characters * A_CHARACTER;

/** A map that lets go of what came first where it grows heavier than `most` bytes. The last one stays. */
export class Kept {
  #entries = new Map();
  #weight = 0;

  constructor(most) {
    this.most = most;
  }

  get(key) {
    return this.#entries.get(key)?.value;
  }

  has(key) {
    return this.#entries.has(key);
  }

  /** Keeps a value; returns it. */
  set(key, value, weight) {
    this.delete(key);
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    while (this.#weight > this.most && this.#entries.size > 1) {
      this.delete(this.#entries.keys().next().value);
    }
    return value;
  }

  delete(key) {
    this.#weight -= this.#entries.get(key)?.weight ?? 0;
    this.#entries.delete(key);
  }
}
