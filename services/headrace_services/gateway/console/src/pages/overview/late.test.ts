import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";

import { ScheduleRecordSchema } from "@/api/gen/headrace/api/gateway/v1/schedule_service_pb.ts";
import { RunSchema, RunState } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { timestamp } from "@/model/time.ts";
import { whatIsLate } from "./late.ts";

const NOW = 1_800_000_000_000;
const awaiting = (moment: number) => create(ScheduleRecordSchema, { locationName: "shop", definition: { name: "daily" }, awaitedTime: timestamp(moment) });

const done = (seconds: number) =>
  create(RunSchema, { jobName: "etl", state: RunState.SUCCEEDED, startTime: timestamp(NOW - 9e6), finishTime: timestamp(NOW - 9e6 + seconds * 1e3) });
const running = (seconds: number) => create(RunSchema, { runId: "r", jobName: "etl", state: RunState.RUNNING, startTime: timestamp(NOW - seconds * 1e3) });

test("a tick is late when it is due and not there", () => {
  expect(whatIsLate([awaiting(NOW - 60_000)], [], NOW)).toMatchObject([{ kind: "tick", by: 60_000 }]);
  expect(whatIsLate([awaiting(NOW + 60_000)], [], NOW)).toEqual([]);
});

test("a run is late when it has waited for long", () => {
  const run = create(RunSchema, { state: RunState.QUEUED, createTime: timestamp(NOW - 120_000) });
  expect(whatIsLate([], [run], NOW)).toMatchObject([{ kind: "queued", by: 120_000 }]);
});

test("a run is late when it takes much longer than its job's runs do", () => {
  const history = [done(60), done(70), done(80)];
  expect(whatIsLate([], [...history, running(100)], NOW)).toEqual([]);
  expect(whatIsLate([], [...history, running(300)], NOW)).toMatchObject([{ kind: "slow", by: 230_000 }]);
  expect(whatIsLate([], [done(60), running(300)], NOW)).toEqual([]);
});
