/** What an asset is called: its path. */
interface Key {
  path: string[];
}

/** Writes an asset key for people and for selections: `warehouse/orders`. */
export function keyText(key: Key | undefined): string {
  return key ? key.path.join("/") : "";
}
