import { evaluateSelection, type World } from "./evaluate.ts";
import { looksLikeSelection, parseSelection, SelectionError } from "./syntax.ts";

/** What a search found: the keys, or why the expression makes no sense. */
export interface Found {
  ids: ReadonlySet<string>;
  problem?: string;
}

/** Finds assets by an expression, or by words that their key, group or description contains. */
export function filterAssets(text: string, world: World): Found {
  const wanted = text.trim();
  if (!wanted) return { ids: new Set(world.assets.keys()) };
  if (looksLikeSelection(wanted)) return select(wanted, world);
  const words = wanted.toLowerCase().split(/\s+/);
  const matching = [...world.assets.values()].filter((asset) => words.every((word) => asset.searchText.includes(word)));
  return { ids: new Set(matching.map((asset) => asset.id)) };
}

function select(text: string, world: World): Found {
  try {
    return { ids: evaluateSelection(parseSelection(text), world) };
  } catch (error) {
    if (!(error instanceof SelectionError)) throw error;
    const rest = text.slice(error.at, error.at + 24);
    return { ids: new Set(), problem: `This selection cannot be read: ${error.message}${rest ? `, found “${rest}”` : ""}.` };
  }
}
