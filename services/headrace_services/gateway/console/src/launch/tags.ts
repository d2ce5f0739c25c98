/** Reads tags as they are typed: `key=value`, apart by commas or lines. */
export function readTags(text: string): { key: string; value: string }[] {
  return text
    .split(/[,\n]/)
    .map((each) => each.trim())
    .filter(Boolean)
    .map((each) => {
      const [key, ...value] = each.split("=");
      return { key: key!.trim(), value: value.join("=").trim() };
    });
}
