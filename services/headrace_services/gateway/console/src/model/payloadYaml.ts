import { stringify } from "yaml";

import type { Payload } from "@/api/gen/headrace/api/types/v1/payload_pb.ts";
import { parse } from "./json.ts";
import { payloadText } from "./payload.ts";

/** Returns a JSON payload as YAML, and anything else as it is; nothing of one that says nothing. */
export function payloadYaml(payload: Payload | undefined): string {
  const text = payloadText(payload);
  const value = parse(text);
  if (value === undefined) return text;
  const empty = value === null || (typeof value === "object" && Object.keys(value).length === 0);
  return empty ? "" : stringify(value);
}
