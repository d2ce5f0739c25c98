import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";

import { EventSchema } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import { RunSchema, RunState } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { merged, patched, patchedAll } from "./runPatch.ts";

const run = create(RunSchema, { runId: "1", state: RunState.RUNNING, lastSequence: 5n });
const ended = create(EventSchema, {
  runId: "1",
  sequence: 9n,
  eventTime: { seconds: 20n },
  detail: { case: "runStateChanged", value: { state: RunState.FAILED, failure: { message: "no" } } },
});

test("a run takes over what an event says of it", () => {
  expect(patched(run, ended)).toMatchObject({ state: RunState.FAILED, lastSequence: 9n, finishTime: { seconds: 20n }, failure: { message: "no" } });
});

test("what is older than what is known changes nothing", () => {
  const late = { ...run, lastSequence: 9n };
  expect(patched(late, ended)).toBe(late);
});

test("a list that no event is about stays the same", () => {
  const others = [create(RunSchema, { runId: "2" })];
  expect(patchedAll(others, [ended])).toBe(others);
});

test("of two versions of a run the newer is kept, and the newest run comes first", () => {
  const older = create(RunSchema, { runId: "1", lastSequence: 2n });
  const newer = create(RunSchema, { runId: "0", lastSequence: 1n });
  expect(merged([newer, run], [older])).toEqual([run, newer]);
});
