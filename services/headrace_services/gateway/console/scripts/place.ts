import { rename, rm } from "node:fs/promises";
import type { Plugin } from "vite";

const PLACE = "dist";
const TRIES = 5;

/** Builds aside and puts the result in place at once: a gateway that serves it meanwhile never finds half of it. */
export function place(): Plugin {
  const aside = `${PLACE}.${process.pid}`;
  return {
    name: "place",
    apply: "build",
    config: () => ({ build: { outDir: aside, emptyOutDir: true } }),
    closeBundle: {
      order: "post",
      sequential: true,
      async handler() {
        await replace(aside, PLACE, `${aside}.old`, TRIES);
      },
    },
  };
}

async function replace(from: string, to: string, old: string, tries: number): Promise<void> {
  // Moved out of the way first: to delete it in place takes long enough for a gateway to find nothing.
  await rename(to, old).catch(ignoreMissing);
  try {
    await rename(from, to);
  } catch (error) {
    // Another build was quicker: this one is at least as new.
    if (tries <= 1) throw error;
    await rm(old, { recursive: true, force: true });
    return replace(from, to, old, tries - 1);
  }
  await rm(old, { recursive: true, force: true });
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
