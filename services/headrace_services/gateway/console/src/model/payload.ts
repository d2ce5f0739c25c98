import type { Payload } from "@/api/gen/headrace/api/types/v1/payload_pb.ts";
import { parse } from "./json.ts";

/** Returns what a payload says as text. */
export function payloadText(payload: Payload | undefined): string {
  if (payload?.content.case === "text") return payload.content.value;
  if (payload?.content.case === "data") return new TextDecoder().decode(payload.content.value);
  return "";
}

/** Returns a JSON payload with its lines apart, and anything else as it is. */
export function prettyPayload(payload: Payload | undefined): string {
  const text = payloadText(payload);
  const value = parse(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}
