import { Code } from "@connectrpc/connect";

import { problem } from "@/api/errors.ts";

const BY_REASON: Record<string, string> = {
  LOCATION_UNREACHABLE: "The location's server is down. The deployment page tells why, and reloads it.",
  LOCATION_NOT_LOADED: "Its code did not load. Mend it, and reload the location on the deployment page.",
  QUEUE_FULL: "As many runs wait as may. Try again when some have begun, or raise the limit in the instance file.",
  CURSOR_EXPIRED: "What came after this is not kept any more. Load the page again.",
  RATE_LIMITED: "The gateway is busy. It goes on by itself.",
};

const BY_CODE: Partial<Record<Code, string>> = {
  [Code.Unavailable]: "It is tried again by itself as soon as the gateway answers.",
  [Code.DeadlineExceeded]: "It took too long. Try again; if that does not help, the service's log tells more.",
  [Code.Unauthenticated]: "Sign in with a token that the deployment knows.",
  [Code.PermissionDenied]: "Your role does not allow it. Ask an administrator of the deployment.",
  [Code.Unimplemented]: "The gateway is older than this console. Update it.",
};

/** Returns what can be done about a call that failed; nothing where its own message says so. */
export function advice(error: unknown): string | undefined {
  const { code, reason } = problem(error);
  return BY_REASON[reason] ?? BY_CODE[code];
}
