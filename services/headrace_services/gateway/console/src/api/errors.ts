import { Code, ConnectError } from "@connectrpc/connect";

import { isLoss } from "./connection.ts";

/** One wrong field of a request. */
export interface Violation {
  field: string;
  description: string;
}

/** An error of a call, for people and for the code that decides on it. */
export interface Problem {
  code: Code;
  reason: string;
  message: string;
  violations: Violation[];
}

interface DebugDetail {
  reason?: string;
  fieldViolations?: Violation[];
}

/** Reads what a call failed with. */
export function problem(error: unknown): Problem {
  if (isLoss(error)) {
    return { code: Code.Unavailable, reason: "", message: "The gateway does not answer.", violations: [] };
  }
  const connect = ConnectError.from(error);
  const details = connect.details.map(debugOf);
  return {
    code: connect.code,
    reason: details.find((detail) => detail.reason)?.reason ?? "",
    message: connect.rawMessage,
    violations: details.flatMap((detail) => detail.fieldViolations ?? []),
  };
}

/** Tells whether the same call may go well in a moment. */
export function isTransient(error: unknown): boolean {
  return [Code.Unavailable, Code.DeadlineExceeded, Code.ResourceExhausted].includes(problem(error).code);
}

/** Tells whether what was asked for is not there. */
export function isNotFound(error: unknown): boolean {
  return problem(error).code === Code.NotFound;
}

function debugOf(detail: object): DebugDetail {
  // The gateway writes every detail as JSON beside the bytes, so that its types need not be known here.
  return "debug" in detail && typeof detail.debug === "object" && detail.debug !== null ? detail.debug : {};
}
