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
        await replace(aside, PLACE, TRIES);
      },
    },
  };
}

async function replace(from: string, to: string, tries: number): Promise<void> {
  await rm(to, { recursive: true, force: true });
  try {
    await rename(from, to);
  } catch (error) {
    // Another build was quicker: this one is at least as new.
    if (tries <= 1) throw error;
    await replace(from, to, tries - 1);
  }
}
