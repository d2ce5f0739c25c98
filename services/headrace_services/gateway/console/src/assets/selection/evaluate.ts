import type { AssetInfo } from "../info.ts";
import type { Tree } from "./syntax.ts";

/** The assets that a selection is made from, and how they depend on each other. */
export interface World {
  assets: ReadonlyMap<string, AssetInfo>;
  /** The assets below each. */
  children: ReadonlyMap<string, readonly string[]>;
}

/** Returns the keys of the assets that an expression selects. */
export function evaluateSelection(tree: Tree, world: World): Set<string> {
  switch (tree.kind) {
    case "everything":
      return new Set(world.assets.keys());
    case "name":
      return new Set(world.assets.has(tree.text) ? [tree.text] : []);
    case "attribute":
      return where(world, matcher(tree.name, tree.value, tree.second));
    case "call":
      return ends(evaluateSelection(tree.inner, world), world, tree.function);
    case "walk":
      return walked(evaluateSelection(tree.inner, world), world, tree.up, tree.down);
    case "not": {
      const without = evaluateSelection(tree.inner, world);
      return where(world, (asset) => !without.has(asset.id));
    }
    case "and": {
      const right = evaluateSelection(tree.right, world);
      return new Set([...evaluateSelection(tree.left, world)].filter((id) => right.has(id)));
    }
    case "or":
      return new Set([...evaluateSelection(tree.left, world), ...evaluateSelection(tree.right, world)]);
  }
}

type Matcher = (asset: AssetInfo) => boolean;

function where(world: World, matches: Matcher): Set<string> {
  return new Set([...world.assets.values()].filter(matches).map((asset) => asset.id));
}

function matcher(name: string, value: string, second: string | undefined): Matcher {
  const fits = glob(value);
  switch (name) {
    case "key":
      return (asset) => fits(asset.id);
    case "key_substring":
      return (asset) => asset.id.includes(value);
    case "group":
      return (asset) => fits(asset.group);
    case "kind":
      return (asset) => asset.kinds.includes(value);
    case "owner":
      return (asset) => asset.definition?.owners.includes(value) ?? false;
    case "tag":
      return (asset) => asset.definition?.tags.some((tag) => tag.key === value && (second === undefined || tag.value === second)) ?? false;
    case "is":
      return (asset) => (value === "external") !== asset.executable;
    case "partitions":
      return (asset) => (value === "none" ? !asset.partitioned : asset.partitioned && PARTITIONS[value] === asset.definition?.partitions?.kind.case);
    case "code_location":
      return (asset) => asset.location === value;
    default:
      return (asset) => asset.status === value || (value === "stale" && asset.stale !== undefined);
  }
}

const PARTITIONS: Record<string, string> = { static: "static", time: "timeWindows", dynamic: "dynamic", multipartitions: "multi" };

/** Makes a test of a text in which `*` stands for anything. */
function glob(pattern: string): (text: string) => boolean {
  if (!pattern.includes("*")) return (text) => text === pattern;
  const source = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  const expression = new RegExp(`^${source}$`);
  return (text) => expression.test(text);
}

function walked(start: ReadonlySet<string>, world: World, up: number, down: number): Set<string> {
  const above = (id: string) => world.assets.get(id)?.upstream ?? [];
  const below = (id: string) => world.children.get(id) ?? [];
  return new Set([...spread(start, above, up, world), ...spread(start, below, down, world)]);
}

function spread(start: ReadonlySet<string>, next: (id: string) => readonly string[], steps: number, world: World): Set<string> {
  const found = new Set(start);
  let edge = [...start];
  for (let step = 0; step < steps && edge.length > 0; step += 1) {
    edge = edge.flatMap(next).filter((id) => !found.has(id) && world.assets.has(id));
    for (const id of edge) found.add(id);
  }
  return found;
}

/** Those of which nothing else that was found lies above (roots) or below (sinks). */
function ends(found: Set<string>, world: World, side: "roots" | "sinks"): Set<string> {
  const next = side === "roots" ? (id: string) => world.assets.get(id)?.upstream ?? [] : (id: string) => world.children.get(id) ?? [];
  return new Set(
    [...found].filter((id) => {
      const reached = spread(new Set([id]), next, Infinity, world);
      return ![...reached].some((other) => other !== id && found.has(other));
    }),
  );
}
