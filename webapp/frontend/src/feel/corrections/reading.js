/** How texts are read: where the grammar of feelin is another one than that of DMN 1.5, 10.3.1.2. */

/** Texts and comments, which are passed over. */
export const QUOTED = /"(?:[^"\\]|\\[^])*"|\/\/[^\n]*|\/\*[^]*?\*\//g;

/** Whether a test asks about the value itself, so that its own answer decides. */
function asksAboutValue(text) {
  return text.replace(QUOTED, "").includes("?");
}

const JOINED = new Set(["Conjunction", "Disjunction"]);

/**
 * Where a comparison with 'in' has swallowed what follows it: "x in [1..5] and ok" is read as
 * "x in ([1..5] and ok)". Returns where the comparison begins and where it ought to end; null where
 * no comparison has.
 */
function swallowed(tree) {
  let found = null;
  tree.iterate({
    enter({ name, node }) {
      if (found !== null || name !== "Comparison" || node.getChild("in") === null) {
        return found === null;
      }
      let test = node.lastChild?.firstChild ?? null;
      if (test?.firstChild?.name === "CompareOp") {
        test = test.lastChild; // "x in > 5 and ok" is read as "x in > (5 and ok)"
      }
      if (node.lastChild?.name === "PositiveUnaryTest" && JOINED.has(test?.name)) {
        while (JOINED.has(test.name)) {
          test = test.firstChild;
        }
        found = { from: node.from, to: test.to };
      }
      return true;
    },
  });
  return found;
}

/** A text with brackets around each comparison with 'in', so that it ends where it should. */
export function bracketed(text, parse) {
  let written = text;
  let tree = parse(written);
  for (let rest = 50; rest > 0; rest -= 1) {
    const place = swallowed(tree);
    if (place === null) {
      break;
    }
    written = `${written.slice(0, place.from)}(${written.slice(place.from, place.to)})${written.slice(place.to)}`;
    tree = parse(written);
  }
  return { written, tree };
}

export const FUNCTIONS = { asksAboutValue };
