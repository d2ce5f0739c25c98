import { isMap, isPair, isScalar, isSeq, parseDocument, type Document, type Node } from "yaml";

/** A part of the text, in characters from its beginning. */
export interface TextRange {
  from: number;
  to: number;
}

/** Something that is wrong, and where. */
export interface Mark extends TextRange {
  message: string;
}

/** Configuration as it was typed. */
export interface ConfigText {
  document: Document.Parsed;
  /** What it says; undefined if nothing, or if it cannot be read. */
  value: unknown;
  /** What keeps it from being read. */
  problems: Mark[];
}

/** Reads YAML, or JSON, which is YAML. */
export function readConfig(text: string): ConfigText {
  const document = parseDocument(text, { prettyErrors: false });
  const problems = document.errors.map(({ message, pos: [from, to] }) => ({ from, to, message }));
  const value: unknown = problems.length > 0 ? undefined : (document.toJS() ?? undefined);
  if (value !== undefined && (typeof value !== "object" || Array.isArray(value))) {
    problems.push({ from: 0, to: text.length, message: "Configuration is a mapping, such as `ops:` with what each op is given." });
  }
  return { document, value, problems };
}

/** Finds where a field stands; of one that is not there, where it would have to be: at the nearest field above. */
export function rangeOf(document: Document.Parsed, path: readonly string[]): TextRange {
  let node: unknown = document.contents;
  let range: TextRange = { from: 0, to: 0 };
  for (const name of path) {
    const next = step(node, name);
    if (!next) break;
    range = next.range;
    node = next.value;
  }
  return range;
}

function step(node: unknown, name: string): { range: TextRange; value: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((each) => isPair(each) && isScalar(each.key) && String(each.key.value) === name);
    const key = pair?.key as Node | undefined;
    return pair && key?.range ? { range: { from: key.range[0], to: key.range[1] }, value: pair.value } : undefined;
  }
  if (isSeq(node)) {
    const item = node.items[Number(name.replaceAll(/\D/g, ""))] as Node | undefined;
    return item?.range ? { range: { from: item.range[0], to: item.range[1] }, value: item } : undefined;
  }
  return undefined;
}
