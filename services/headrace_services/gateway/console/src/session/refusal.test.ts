import { expect, test } from "vitest";

import { LocationService } from "@/api/gen/headrace/api/gateway/v1/location_service_pb.ts";
import { RunService } from "@/api/gen/headrace/api/gateway/v1/run_service_pb.ts";
import { Role } from "@/api/gen/headrace/api/types/v1/role_pb.ts";
import { refusal } from "./refusal.ts";

const mayRun = (role: Role) => refusal({ role, locationNames: [] }, RunService.method.createRun, ["shop"]) === undefined;

test("a role may what the contract says that it may, and what lesser roles may", () => {
  expect([Role.VIEWER, Role.LAUNCHER, Role.EDITOR, Role.ADMIN].filter(mayRun)).toEqual([Role.LAUNCHER, Role.EDITOR, Role.ADMIN]);
  expect(refusal({ role: Role.LAUNCHER, locationNames: [] }, LocationService.method.reloadLocation, ["shop"])).toBe("This takes the role editor; yours is launcher.");
  expect(refusal({ role: Role.VIEWER, locationNames: [] }, RunService.method.getRun, [])).toBeUndefined();
});

test("a role that is for some locations is none in others", () => {
  const caller = { role: Role.LAUNCHER, locationNames: ["shop"] };
  expect(refusal(caller, RunService.method.createRun, ["shop"])).toBeUndefined();
  expect(refusal(caller, RunService.method.createRun, ["shop", "numbers"])).toBe("Your role is for shop, and this is in numbers.");
});
