import { useSyncExternalStore } from "react";

import { onSession, session, type Session } from "@/api/session.ts";

/** Returns how we are known to the gateway, and is drawn again when that changes. */
export function useSession(): Session {
  return useSyncExternalStore(onSession, session);
}
