/** How texts are read: where the grammar of feelin is another one than that of DMN 1.5, 10.3.1.2. */

/** Texts and comments, which are passed over. */
export const QUOTED = /"(?:[^"\\]|\\[^])*"|\/\/[^\n]*|\/\*[^]*?\*\//g;

/** Whether a test asks about the value itself, so that its own answer decides. */
function asksAboutValue(text) {
  return text.replace(QUOTED, "").includes("?");
}

const JOINED = new Set(["Conjunction", "Disjunction"]);

/** Where a comparison that `node` is ought to end, if it has swallowed what follows it; else null. */
function rightEnd(node) {
  if (node.name !== "Comparison" || node.getChild("in") === null || node.lastChild?.name !== "PositiveUnaryTest") {
    return null;
  }
  let test = node.lastChild.firstChild;
  if (test?.firstChild?.name === "CompareOp") {
    test = test.lastChild; // "x in > 5 and ok" is read as "x in > (5 and ok)"
  }
  if (!JOINED.has(test?.name)) {
    return null;
  }
  while (JOINED.has(test.name)) {
    test = test.firstChild;
  }
  return test.to;
}

/**
 * Where comparisons with 'in' have swallowed what follows them: "x in [1..5] and ok" is read as
 * "x in ([1..5] and ok)". Returns where brackets belong, as [place, bracket], and how many nodes there are.
 */
function swallowed(tree) {
  const brackets = [];
  let nodes = 0;
  tree.iterate({
    enter({ name, node }) {
      nodes += 1;
      const end = name === "Comparison" ? rightEnd(node) : null;
      if (end !== null) {
        brackets.push([node.from, "("], [end, ")"]);
      }
    },
  });
  return { brackets, nodes };
}

function withBrackets(text, brackets) {
  let written = "";
  let from = 0;
  for (const [place, bracket] of brackets.sort(([left], [right]) => left - right)) {
    written += text.slice(from, place) + bracket;
    from = place;
  }
  return written + text.slice(from);
}

/** Characters of a text that are read at most, all times it is read together. */
const MOST_READ = 20_000;

/**
 * A text with brackets around each comparison with 'in', so that it ends where it should. All that a
 * tree shows are set at once; what they bring to light ("a in b in c and d") takes another round.
 */
export function bracketed(text, parse) {
  let written = text;
  for (let read = text.length; ; read += written.length) {
    const tree = parse(written);
    const { brackets, nodes } = swallowed(tree);
    if (brackets.length === 0) {
      return { written, tree, nodes };
    }
    if (read > MOST_READ) {
      throw new Error("its comparisons with 'in' are nested too deep");
    }
    written = withBrackets(written, brackets);
  }
}

export const FUNCTIONS = { asksAboutValue };
