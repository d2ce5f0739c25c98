/** Returns the first line of CommonMark as plain text: for where there is room for a line, and none for its marks. */
export function firstLine(markdown: string): string {
  const line = markdown.trimStart().split("\n", 1)[0] ?? "";
  return line
    .replace(/^#+\s+/, "")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/(\*\*|__|`|(?<![\w*])\*|(?<!\w)_)(?=\S)(.+?)(?<=\S)\1/g, "$2")
    .trim();
}
