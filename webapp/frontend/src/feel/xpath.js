/**
 * Regular expressions of XPath, which FEEL uses (DMN 1.5, 10.3.4.3), as JavaScript's.
 *
 * They are XML Schema's (part 2, appendix G) with anchors, reluctant quantifiers, references back and
 * the flags s, m, i and x. What JavaScript has beside them goes through, such as \b.
 */

/** The blocks of Unicode that \p{Is...} names. JavaScript knows none. */
const BLOCKS = {
  BasicLatin: [0x0000, 0x007f],
  "Latin-1Supplement": [0x0080, 0x00ff],
  "LatinExtended-A": [0x0100, 0x017f],
  "LatinExtended-B": [0x0180, 0x024f],
  IPAExtensions: [0x0250, 0x02af],
  SpacingModifierLetters: [0x02b0, 0x02ff],
  CombiningDiacriticalMarks: [0x0300, 0x036f],
  Greek: [0x0370, 0x03ff],
  GreekandCoptic: [0x0370, 0x03ff],
  Cyrillic: [0x0400, 0x04ff],
  Armenian: [0x0530, 0x058f],
  Hebrew: [0x0590, 0x05ff],
  Arabic: [0x0600, 0x06ff],
  Devanagari: [0x0900, 0x097f],
  Thai: [0x0e00, 0x0e7f],
  Georgian: [0x10a0, 0x10ff],
  LatinExtendedAdditional: [0x1e00, 0x1eff],
  GreekExtended: [0x1f00, 0x1fff],
  GeneralPunctuation: [0x2000, 0x206f],
  CurrencySymbols: [0x20a0, 0x20cf],
  Hiragana: [0x3040, 0x309f],
  Katakana: [0x30a0, 0x30ff],
  CJKUnifiedIdeographs: [0x4e00, 0x9fff],
  HangulSyllables: [0xac00, 0xd7af],
};

/** What a name in XML begins with, and what it holds beside that. */
const NAME_START =
  ":A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C-\\u200D\\u2070-\\u218F" +
  "\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}";
const NAME = `${NAME_START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F-\\u2040`;

/** Escapes for one of many characters; the capital letter stands for all others. */
const CLASSES = { d: "\\p{Nd}", w: "\\p{L}\\p{M}\\p{N}\\p{S}", s: " \\t\\n\\r", i: NAME_START, c: NAME };
const CHARACTERS = { n: "\n", r: "\r", t: "\t" };
const OF_MANY = /^\\[dwsicp]/i;
const ESCAPED = "\\|.?*+(){}-[]^$/";
/** JavaScript's alone: the borders of words. */
const BORDERS = "bB";
const BLANK = /[\t\n\r ]/;

class PatternError extends Error {}

const ofCode = (code) => `\\u{${code.toString(16)}}`;
const exactly = (sign) => ofCode(sign.codePointAt(0));

/** What signs mean with some flags, where that is not what they mean in JavaScript. */
function signsWith(flags) {
  const lines = flags.includes("m") ? { "^": "(?:^|(?<=\\n)(?=[^]))", $: "(?=\\n|$)" } : {};
  return { ".": flags.includes("s") ? "[^]" : "[^\\n\\r]", ...lines };
}

/** Reads a pattern from left to right; each method gives what JavaScript has for what it reads. */
class Pattern {
  constructor(text, flags) {
    this.text = flags.includes("x") ? withoutBlanks(text) : text;
    this.signs = signsWith(flags);
    this.at = 0;
    this.groups = 0;
  }

  next() {
    return this.text[this.at];
  }

  /** The next character, which may be two units of JavaScript. */
  take() {
    const code = this.text.codePointAt(this.at);
    if (code === undefined) {
      throw new PatternError("it ends too early");
    }
    const taken = String.fromCodePoint(code);
    this.at += taken.length;
    return taken;
  }

  took(wanted) {
    const found = this.text.startsWith(wanted, this.at);
    this.at += found ? wanted.length : 0;
    return found;
  }

  whole() {
    let made = "";
    while (this.at < this.text.length) {
      made += this.piece();
    }
    return made;
  }

  piece() {
    if (this.took("[")) {
      return this.charClass();
    }
    if (this.took("\\")) {
      return this.escape();
    }
    const sign = this.take();
    this.groups += sign === "(" && this.next() !== "?" ? 1 : 0;
    return this.signs[sign] ?? sign;
  }

  /** An escape outside of a class, after the backslash. */
  escape() {
    const sign = this.next() ?? "";
    if (/[1-9]/.test(sign)) {
      return this.reference();
    }
    return sign !== "" && BORDERS.includes(sign) ? `\\${this.take()}` : `[${this.characters()}]`;
  }

  /** A reference back: as many digits as there are groups for before it. */
  reference() {
    let digits = this.take();
    while (/\d/.test(this.next() ?? "") && Number(digits + this.next()) <= this.groups) {
      digits += this.take();
    }
    if (Number(digits) > this.groups) {
      throw new PatternError("there is no such group");
    }
    return `(?:\\${digits})`;
  }

  /** What an escape stands for, as part of a class. */
  characters() {
    const sign = this.take();
    const lower = sign.toLowerCase();
    if (lower === "p") {
      return this.property(sign);
    }
    if (Object.hasOwn(CLASSES, lower)) {
      return sign === lower ? CLASSES[lower] : `[^${CLASSES[lower]}]`;
    }
    if (!Object.hasOwn(CHARACTERS, sign) && !ESCAPED.includes(sign)) {
      throw new PatternError("there is no such escape");
    }
    return exactly(CHARACTERS[sign] ?? sign);
  }

  /** A category or a block of Unicode: {Lu}, {IsBasicLatin}. */
  property(sign) {
    const [found, name] = /^\{([^}]*)\}/.exec(this.text.slice(this.at, this.at + 40)) ?? [""];
    this.at += found.length;
    if (/^[LMNPZSC][a-z]?$/.test(name)) {
      return `\\${sign}{${name}}`;
    }
    const block = /^Is/.test(name) && Object.hasOwn(BLOCKS, name.slice(2)) ? BLOCKS[name.slice(2)] : null;
    if (block === null) {
      throw new PatternError("there is no such category");
    }
    return `[${sign === "P" ? "^" : ""}${block.map(ofCode).join("-")}]`;
  }

  /** A class, after its bracket; [a-z-[aeiou]] is without what is in the inner one. */
  charClass() {
    let made = this.took("^") ? "^" : "";
    for (let first = true; first || !this.took("]"); first = false) {
      if (this.took("-[")) {
        const without = this.charClass();
        if (!this.took("]")) {
          throw new PatternError("something follows what is taken away");
        }
        return `[[${made}]--${without}]`;
      }
      made += this.inClass();
    }
    return `[${made}]`;
  }

  /** A member of a class, or a range of them. */
  inClass() {
    const single = !OF_MANY.test(this.text.slice(this.at, this.at + 2));
    const made = this.member();
    const ranged = single && this.next() === "-" && !"[]".includes(this.text[this.at + 1] ?? "]");
    return ranged && this.took("-") ? `${made}-${this.member()}` : made;
  }

  member() {
    return this.took("\\") ? this.characters() : exactly(this.take());
  }
}

/** A pattern without its blanks, which the flag x says mean nothing outside of classes. */
function withoutBlanks(text) {
  let made = "";
  let depth = 0;
  let escaped = false;
  for (const sign of text) {
    if (depth === 0 && BLANK.test(sign)) {
      continue;
    }
    made += sign;
    depth += escaped ? 0 : (sign === "[") - (sign === "]");
    escaped = !escaped && sign === "\\";
  }
  return made;
}

/** JavaScript's expression. Throws where the pattern or the flags are not XPath's. */
export function regularExpression(pattern, flags, added = "") {
  if (/[^smix]/.test(flags)) {
    throw new PatternError("there is no such flag");
  }
  return new RegExp(new Pattern(pattern, flags).whole(), `v${flags.includes("i") ? "i" : ""}${added}`);
}

/**
 * What to put in the place of what was found, as String.replace takes it: $1 is a group, $0 all of
 * it. null where $ or \ stand before something else.
 */
export function replacement(text) {
  if (!/^(?:[^\\$]|\\[\\$]|\$\d)*$/.test(text)) {
    return null;
  }
  return (...found) => {
    const groups = found.slice(0, found.findIndex((part) => typeof part === "number"));
    return text.replace(/\\([\\$])|\$(\d+)/g, (_all, literal, digits) => literal ?? group(groups, digits));
  };
}

/** A group by as many digits as there are groups for; the others are text. */
function group(groups, digits) {
  let used = digits.length;
  while (used > 1 && Number(digits.slice(0, used)) >= groups.length) {
    used -= 1;
  }
  return (groups[Number(digits.slice(0, used))] ?? "") + digits.slice(used);
}
