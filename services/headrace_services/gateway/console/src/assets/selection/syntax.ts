/** A selection expression as a tree. */
export type Tree =
  | { kind: "everything" }
  | { kind: "name"; text: string }
  | { kind: "attribute"; name: string; value: string; second?: string }
  | { kind: "call"; function: "roots" | "sinks"; inner: Tree }
  | { kind: "walk"; inner: Tree; up: number; down: number }
  | { kind: "not"; inner: Tree }
  | { kind: "and" | "or"; left: Tree; right: Tree };

/** The attributes that can be asked for here. */
export const ATTRIBUTES = ["key", "key_substring", "group", "kind", "tag", "owner", "is", "partitions", "code_location", "status"] as const;

/** An expression that makes no sense, and from which character on. */
export class SelectionError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

interface Token {
  text: string;
  /** It stood in quotation marks: no word of the syntax. */
  quoted: boolean;
  from: number;
  to: number;
}

const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|([()+*,:=])|([^\s()+*,:="]+))/y;
const WORDS = new Set(["AND", "OR", "NOT"]);
const ALL = Infinity;

/**
 * Reads an expression: `group:sales and not kind:sql`, `+orders`, `1+key:"raw/*"`, `sinks(tag:layer=gold)`.
 *
 * The syntax is that of selections in code. Around a bare name each `+` is one step along the graph and `*` is all of
 * it; around anything else a lone `+` is all of it.
 */
export function parseSelection(text: string): Tree {
  const parser = new Parser(text);
  const tree = parser.either();
  parser.expectEnd();
  return tree;
}

/** Tells whether a text is an expression rather than words to look for. */
export function looksLikeSelection(text: string): boolean {
  return /[:+*()"]|(^|\s)(not|and|or|NOT|AND|OR)(\s|$)/.test(text);
}

class Parser {
  readonly #tokens: Token[];
  readonly #end: number;
  #index = 0;

  constructor(text: string) {
    this.#tokens = tokens(text);
    this.#end = text.length;
  }

  either(): Tree {
    let tree = this.#both();
    while (this.#accept("or") || this.#accept(",")) tree = { kind: "or", left: tree, right: this.#both() };
    return tree;
  }

  expectEnd(): void {
    if (this.#token) this.#fail("expected `and`, `or` or the end");
  }

  #both(): Tree {
    let tree = this.#term();
    while (this.#accept("and")) tree = { kind: "and", left: tree, right: this.#term() };
    return tree;
  }

  #term(): Tree {
    return this.#accept("not") ? { kind: "not", inner: this.#term() } : this.#walk();
  }

  #walk(): Tree {
    const next = this.#tokens[this.#index + 1];
    if (this.#is("*") && (!next || (!next.quoted && [")", "and", "or", ","].includes(next.text)))) {
      this.#index += 1;
      return { kind: "everything" };
    }
    const before = this.#stepsBefore();
    const inner = this.#atom();
    const after = this.#stepsAfter();
    const up = depth(before, inner);
    const down = depth(after, inner);
    return up || down ? { kind: "walk", inner, up, down } : inner;
  }

  #stepsBefore(): string[] {
    const next = this.#tokens[this.#index + 1];
    if (this.#token && /^\d+$/.test(this.#token.text) && next?.text === "+") {
      this.#index += 2;
      return [this.#tokens[this.#index - 2]!.text];
    }
    return this.#symbols();
  }

  #stepsAfter(): string[] {
    const steps = this.#symbols();
    if (steps.length === 1 && steps[0] === "+" && this.#token && /^\d+$/.test(this.#token.text)) {
      this.#index += 1;
      return [this.#tokens[this.#index - 1]!.text];
    }
    return steps;
  }

  #symbols(): string[] {
    const found: string[] = [];
    while (this.#is("+") || this.#is("*")) found.push(this.#tokens[this.#index++]!.text);
    return found;
  }

  #atom(): Tree {
    if (this.#accept("(")) return this.#closed(this.either());
    const word = this.#word("an asset, an attribute or `(`");
    if ((word === "roots" || word === "sinks") && this.#accept("(")) {
      return { kind: "call", function: word, inner: this.#closed(this.either()) };
    }
    return this.#accept(":") ? this.#attribute(word) : { kind: "name", text: word };
  }

  #closed(inner: Tree): Tree {
    if (!this.#accept(")")) this.#fail("expected `)`");
    return inner;
  }

  #attribute(name: string): Tree {
    if (!(ATTRIBUTES as readonly string[]).includes(name)) {
      this.#index -= 2;
      this.#fail(`expected one of ${ATTRIBUTES.join(", ")} before \`:\``);
    }
    let value = name === "key" || name === "group" ? this.#pattern(name) : this.#word(`a value for ${name}`);
    if (name === "owner" && value === "team" && this.#accept(":")) value = `team:${this.#word("the name of a team")}`;
    if (name === "tag" && this.#accept("=")) return { kind: "attribute", name, value, second: this.#word("the value of the tag") };
    return { kind: "attribute", name, value };
  }

  /** A name in which `*` may stand for anything, so that it may consist of several tokens. */
  #pattern(name: string): string {
    let pattern = this.#accept("*") ? "*" : this.#word(`a value for ${name}`);
    while (this.#token && this.#glued() && !["+", ")", ","].includes(this.#token.text)) {
      pattern += this.#tokens[this.#index++]!.text;
    }
    return pattern;
  }

  #glued(): boolean {
    return this.#tokens[this.#index]!.from === this.#tokens[this.#index - 1]!.to;
  }

  #word(what: string): string {
    const token = this.#token;
    if (!token || (!token.quoted && "()+*,:=".includes(token.text))) this.#fail(`expected ${what}`);
    this.#index += 1;
    return token.text;
  }

  get #token(): Token | undefined {
    return this.#tokens[this.#index];
  }

  #is(text: string): boolean {
    return this.#token?.text === text && !this.#token.quoted;
  }

  #accept(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#index += 1;
    return true;
  }

  #fail(message: string): never {
    throw new SelectionError(message, this.#token?.from ?? this.#end);
  }
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  const whole = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < whole.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(whole);
    if (!match) throw new SelectionError("a quotation mark is not closed", start);
    const [all, quoted, symbol, word] = match;
    const from = start + all.length - all.trimStart().length;
    const to = start + all.length;
    const plain = symbol ?? (WORDS.has(word!) ? word!.toLowerCase() : word!);
    found.push(quoted === undefined ? { text: plain, quoted: false, from, to } : { text: quoted.replaceAll('\\"', '"'), quoted: true, from, to });
  }
  return found;
}

function depth(steps: string[], inner: Tree): number {
  const [first] = steps;
  if (first === undefined) return 0;
  if (/^\d+$/.test(first)) return Number(first);
  return steps.includes("*") || inner.kind !== "name" ? ALL : steps.length;
}
