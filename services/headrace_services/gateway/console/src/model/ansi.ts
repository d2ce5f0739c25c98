/** A piece of a line in one look. */
export interface Segment {
  text: string;
  /** Name of a colour of the terminal; undefined: the usual one. */
  colour?: string;
  bold?: boolean;
  dim?: boolean;
}

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
// Colours are understood; whatever else a program tells a terminal is left out.
// oxlint-disable-next-line no-control-regex
const SEQUENCE = /\u001b\[([0-9;?]*)([A-Za-z])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g;

/** Takes a line with escape sequences of terminals apart. */
export function segments(line: string): Segment[] {
  if (!line.includes("\u001b")) return [{ text: line.replace(SEQUENCE, "") }];
  const found: Segment[] = [];
  let look: Omit<Segment, "text"> = {};
  let last = 0;
  for (const match of line.matchAll(SEQUENCE)) {
    if (match.index > last) found.push({ text: line.slice(last, match.index), ...look });
    last = match.index + match[0].length;
    if (match[2] === "m") look = restyled(look, match[1] ?? "");
  }
  if (last < line.length) found.push({ text: line.slice(last), ...look });
  return found;
}

function restyled(look: Omit<Segment, "text">, codes: string): Omit<Segment, "text"> {
  let next = { ...look };
  for (const code of codes.split(";").map(Number)) {
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 22) next = { colour: next.colour };
    else if (code === 39) next = { ...next, colour: undefined };
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) next.colour = COLOURS[code % 10];
  }
  return next;
}
