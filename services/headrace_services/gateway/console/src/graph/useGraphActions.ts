import { createContext, use } from "react";

interface Actions {
  select?: ((id: string | undefined) => void) | undefined;
  toggle?: ((id: string) => void) | undefined;
  /** Adds a node to those that are ticked, or takes it away. */
  tick?: ((id: string) => void) | undefined;
}

/** What the nodes of a graph do when they are pressed. */
export const GraphActions = createContext<Actions>({});

/** Returns what the nodes of this graph do when they are pressed. */
export function useGraphActions(): Actions {
  return use(GraphActions);
}
