import { useSyncExternalStore } from "react";

import { connection, onConnection, type Connection } from "./connection.ts";

/** Returns whether the gateway answers, and is drawn again when that changes. */
export function useConnection(): Connection {
  return useSyncExternalStore(onConnection, connection);
}
