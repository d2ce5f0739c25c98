/** Where the cursor of an editor stands in YAML. */
export interface CursorPlace {
  /** The fields around it, outermost first. */
  path: string[];
  /** It stands behind `name:`: a value is to be written. */
  value: boolean;
}

const FIELD = /^(\s*)(?:- )?("?)([^\s"'#:][^:#"]*)\2\s*:(.*)$/;

/** Finds the fields around a place by the indentation of the lines before it: it need not be valid YAML yet. */
export function cursorPlace(lines: readonly string[], line: number, column: number): CursorPlace {
  const text = (lines[line] ?? "").slice(0, column);
  const own = FIELD.exec(text);
  let indent = text.length - text.trimStart().length;
  const path: string[] = own ? [own[3]!.trim()] : [];
  for (let above = line - 1; above >= 0 && indent > 0; above -= 1) {
    const match = FIELD.exec(lines[above]!);
    if (!match || match[1]!.length >= indent) continue;
    path.unshift(match[3]!.trim());
    indent = match[1]!.length;
  }
  return { path, value: own !== null };
}
