import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";

import { EventSchema, type Event } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import { RunState } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { RunProgress, withDownstream } from "./runProgress.ts";

type Detail = MessageInitShape<typeof EventSchema>["detail"];

class Story {
  readonly progress = new RunProgress();
  #sequence = 0n;

  tell(second: number, detail: Detail, stepKey = "", attempt = 1): this {
    this.#sequence += 1n;
    this.progress.apply(this.event(second, detail, stepKey, attempt));
    return this;
  }

  event(second: number, detail: Detail, stepKey = "", attempt = 1): Event {
    return create(EventSchema, { sequence: this.#sequence, eventTime: { seconds: BigInt(second) }, stepKey, attempt, detail });
  }

  state(second: number, state: RunState): this {
    return this.tell(second, { case: "runStateChanged", value: { state } });
  }

  plan(steps: Record<string, string[]>): this {
    const value = { steps: Object.entries(steps).map(([stepKey, dependsOn]) => ({ stepKey, dependsOn })) };
    return this.tell(0, { case: "runPlanned", value });
  }

  starts(second: number, step: string, attempt = 1): this {
    return this.tell(second, { case: "stepStarted", value: {} }, step, attempt);
  }

  ends(second: number, step: string, how: "stepSucceeded" | "stepFailed" | "stepSkipped" | "stepRetryScheduled"): this {
    return this.tell(second, { case: how, value: {} } as Detail, step);
  }

  get states(): Record<string, string> {
    return Object.fromEntries([...this.progress.steps].map(([key, step]) => [key, step.state]));
  }
}

describe("the progress of a run", () => {
  test("follows its steps from waiting to their end", () => {
    const story = new Story().state(1, RunState.RUNNING).plan({ a: [], b: ["a"], c: ["b"] });
    story.starts(2, "a").ends(3, "a", "stepSucceeded").starts(3, "b");
    expect(story.states).toEqual({ a: "succeeded", b: "running", c: "waiting" });
    story.ends(5, "b", "stepFailed").ends(5, "c", "stepSkipped").state(6, RunState.FAILED);
    expect(story.states).toEqual({ a: "succeeded", b: "failed", c: "skipped" });
    expect(story.progress).toMatchObject({ over: true, startTime: 1_000, endTime: 6_000 });
  });

  test("counts each event once, however often it comes", () => {
    const story = new Story().plan({ a: [] }).starts(1, "a");
    expect(story.progress.apply(story.event(1, { case: "stepStarted", value: {} }, "a"))).toBe(false);
    expect(story.progress.steps.get("a")?.attempts).toHaveLength(1);
  });

  test("keeps every attempt at a step", () => {
    const story = new Story().plan({ a: [] }).starts(1, "a").ends(2, "a", "stepRetryScheduled");
    expect(story.states).toEqual({ a: "retrying" });
    story.starts(4, "a", 2).ends(5, "a", "stepSucceeded");
    expect(story.progress.steps.get("a")).toMatchObject({
      state: "succeeded",
      start: 1_000,
      end: 5_000,
      attempts: [
        { number: 1, start: 1_000, end: 2_000, state: "failed" },
        { number: 2, start: 4_000, end: 5_000, state: "succeeded" },
      ],
    });
  });

  test("ends what was under way when the run is canceled, and skips what was not begun", () => {
    const story = new Story().plan({ a: [], b: ["a"] }).starts(1, "a").state(2, RunState.CANCELED);
    expect(story.states).toEqual({ a: "canceled", b: "skipped" });
  });

  test("begins again where a worker was lost", () => {
    const story = new Story().plan({ a: [] }).state(1, RunState.RUNNING).starts(2, "a").state(9, RunState.QUEUED);
    expect(story.states).toEqual({ a: "waiting" });
    story.starts(12, "a", 2);
    expect(story.progress.steps.get("a")).toMatchObject({ state: "running", start: 2_000, end: undefined });
    expect(story.progress.over).toBe(false);
  });

  test("lets mapped steps take the place of the one that the plan has for them", () => {
    const story = new Story().plan({ split: [], handle: ["split"], collect: ["handle"] });
    story.starts(1, "split").ends(2, "split", "stepSucceeded").starts(3, "handle[x]").starts(3, "handle[y]");
    expect(Object.keys(story.states).toSorted()).toEqual(["collect", "handle[x]", "handle[y]", "split"]);
    expect(story.progress.steps.get("handle[y]")?.dependsOn).toEqual(["split"]);
    expect([...withDownstream(story.progress.steps, ["handle[x]"])]).toContain("collect");
  });
});

test("steps below others are found through all levels", () => {
  const { progress } = new Story().plan({ a: [], b: ["a"], c: ["b"], d: [] });
  expect([...withDownstream(progress.steps, ["b"])]).toEqual(["b", "c"]);
});
