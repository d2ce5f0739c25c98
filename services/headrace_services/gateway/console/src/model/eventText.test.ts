import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";

import { EventSchema, LogLevel } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import { describe, failureOf, groupOf, isTrouble } from "./eventText.ts";

const event = (detail: MessageInitShape<typeof EventSchema>["detail"]) => create(EventSchema, { detail });

test("every kind of event of the contract has words", () => {
  for (const { localName } of EventSchema.oneofs[0]!.fields) {
    const some = event({ case: localName, value: {} } as never);
    expect(describe(some).kind).not.toBe("Unknown");
    expect(groupOf(some)).toBeTruthy();
  }
});

test("an event of a later version is told to be unknown", () => {
  expect(describe(create(EventSchema, {}))).toMatchObject({ kind: "Unknown" });
});

test("a failure says its type and its message", () => {
  const failed = event({ case: "stepFailed", value: { failure: { type: "ValueError", message: "no rows" } } });
  expect(describe(failed)).toEqual({ kind: "Failed", tone: "failed", text: "ValueError: no rows" });
  expect(failureOf(failed)?.type).toBe("ValueError");
});

test("warnings, errors and checks that did not pass are trouble", () => {
  expect(isTrouble(event({ case: "logRecorded", value: { level: LogLevel.WARNING } }))).toBe(true);
  expect(isTrouble(event({ case: "logRecorded", value: { level: LogLevel.INFO } }))).toBe(false);
  expect(isTrouble(event({ case: "assetCheckEvaluated", value: { passed: false } }))).toBe(true);
});
