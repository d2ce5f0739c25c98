import type { DescMethod } from "@bufbuild/protobuf";
import { getOption } from "@bufbuild/protobuf";

import type { GetCallerResponse } from "@/api/gen/headrace/api/gateway/v1/access_service_pb.ts";
import { needed_role } from "@/api/gen/headrace/api/types/v1/role_pb.ts";
import { roleName } from "./roles.ts";

/** Returns why the gateway would refuse a caller a method that changes something in these locations; undefined if it would not. */
export function refusal(caller: Pick<GetCallerResponse, "role" | "locationNames">, method: DescMethod, locationNames: readonly string[]): string | undefined {
  // The contract says of each method who may call it: there is no other list of that.
  const needed = getOption(method, needed_role);
  if (caller.role < needed) return `This takes the role ${roleName(needed)}; yours is ${roleName(caller.role)}.`;
  const own = caller.locationNames;
  const foreign = own.length > 0 && locationNames.find((name) => name && !own.includes(name));
  return foreign ? `Your role is for ${own.join(", ")}, and this is in ${foreign}.` : undefined;
}
