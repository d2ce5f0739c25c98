import { Role } from "@/api/gen/headrace/api/types/v1/role_pb.ts";

const NAMES: Record<Role, string> = {
  [Role.UNSPECIFIED]: "unknown",
  [Role.VIEWER]: "viewer",
  [Role.LAUNCHER]: "launcher",
  [Role.EDITOR]: "editor",
  [Role.ADMIN]: "admin",
};

/** Returns a role as people say it. */
export function roleName(role: Role): string {
  return NAMES[role] ?? NAMES[Role.UNSPECIFIED];
}
