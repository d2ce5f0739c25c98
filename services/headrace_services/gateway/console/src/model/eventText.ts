import { LogLevel, type Event } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import type { Failure } from "@/api/gen/headrace/api/types/v1/failure_pb.ts";
import type { MetadataEntry } from "@/api/gen/headrace/api/types/v1/metadata_pb.ts";
import { keyText } from "./assetKeys.ts";
import { runStateLook, type Tone } from "./states.ts";
import { formatSpan, spanMillis } from "./time.ts";

/** An event in words: what kind, how it looks, one line. */
export interface EventText {
  kind: string;
  tone: Tone;
  text: string;
}

/** What events are about, to filter by. */
export type EventGroup = "run" | "steps" | "logs" | "assets" | "data" | "engine";

type Detail = Event["detail"];
type Case = NonNullable<Detail["case"]>;
type Value<C extends Case> = Extract<Detail, { case: C }>["value"];

interface Wording<C extends Case> {
  group: EventGroup;
  kind: string;
  tone?: Tone;
  text(value: Value<C>): string;
}

const LEVELS: Record<LogLevel, { kind: string; tone: Tone }> = {
  [LogLevel.UNSPECIFIED]: { kind: "Info", tone: "neutral" },
  [LogLevel.DEBUG]: { kind: "Debug", tone: "neutral" },
  [LogLevel.INFO]: { kind: "Info", tone: "neutral" },
  [LogLevel.WARNING]: { kind: "Warning", tone: "warning" },
  [LogLevel.ERROR]: { kind: "Error", tone: "failed" },
  [LogLevel.CRITICAL]: { kind: "Critical", tone: "failed" },
};

const WORDINGS: { [C in Case]?: Wording<C> } = {
  runStateChanged: { group: "run", kind: "Run", text: (value) => joined(`run is ${runStateLook(value.state).label.toLowerCase()}`, value.reason || failureText(value.failure)) },
  runPlanned: { group: "run", kind: "Plan", text: (value) => `${value.steps.length} steps` },
  stepStarted: { group: "steps", kind: "Started", tone: "running", text: (value) => value.worker && `in ${value.worker}` },
  stepSucceeded: { group: "steps", kind: "Succeeded", tone: "succeeded", text: (value) => after(value.duration) },
  stepFailed: { group: "steps", kind: "Failed", tone: "failed", text: (value) => failureText(value.failure) },
  stepRetryScheduled: { group: "steps", kind: "Retrying", tone: "warning", text: (value) => joined(`again after ${formatSpan(spanMillis(value.delay) ?? 0)}`, failureText(value.failure)) },
  stepSkipped: { group: "steps", kind: "Skipped", text: (value) => value.reason },
  inputLoaded: { group: "data", kind: "Input", text: (value) => joined(value.inputName, value.upstreamStepKey && `from ${value.upstreamStepKey}`) },
  outputProduced: { group: "data", kind: "Output", text: (value) => joined(mapped(value), value.typeCheck?.failed ? `is not ${value.typeCheck.typeName}` : "") },
  outputStored: { group: "data", kind: "Stored", text: (value) => joined(mapped(value), `by ${value.ioManagerKey}`) },
  assetMaterialized: { group: "assets", kind: "Materialized", tone: "succeeded", text: (value) => joined(keyText(value.assetKey), value.partitionKey, value.description) },
  assetObserved: { group: "assets", kind: "Observed", tone: "starting", text: (value) => joined(keyText(value.assetKey), value.partitionKey, value.description) },
  assetCheckEvaluated: { group: "assets", kind: "Check", text: (value) => joined(`${value.checkName} of ${keyText(value.assetKey)} ${value.passed ? "passed" : "failed"}`, value.description) },
  logRecorded: { group: "logs", kind: "Log", text: (value) => value.message },
  logsCaptured: { group: "engine", kind: "Output", text: () => "stdout and stderr are captured" },
  resourcesStarted: { group: "engine", kind: "Resources", text: (value) => joined(value.resourceKeys.join(", "), after(value.duration)) },
  engineNoted: { group: "engine", kind: "Engine", text: (value) => value.message },
  inputChecked: { group: "data", kind: "Type check", text: (value) => joined(value.inputName, `${value.typeCheck?.failed ? "is not" : "is"} ${value.typeCheck?.typeName ?? ""}`) },
};

/** Returns an event in words. One of a later version is told to be unknown. */
export function describe(event: Event): EventText {
  const { detail } = event;
  if (detail.case === undefined) return { kind: "Unknown", tone: "neutral", text: "an event that this console does not know" };
  const wording = wordingOf(detail.case);
  const text = wording.text(detail.value);
  if (detail.case === "logRecorded") return { ...(LEVELS[detail.value.level] ?? LEVELS[LogLevel.INFO]), text };
  return { kind: wording.kind, tone: toneOf(detail) ?? wording.tone ?? "neutral", text };
}

/** Returns what an event is about. */
export function groupOf(event: Event): EventGroup {
  return event.detail.case === undefined ? "engine" : wordingOf(event.detail.case).group;
}

/** Tells whether an event says that something is wrong. */
export function isTrouble(event: Event): boolean {
  return ["failed", "warning"].includes(describe(event).tone);
}

/** Returns the error that an event carries. */
export function failureOf(event: Event): Failure | undefined {
  const { value } = event.detail;
  return value && "failure" in value ? value.failure : undefined;
}

/** Returns the metadata that an event carries. */
export function metadataOf(event: Event): readonly MetadataEntry[] {
  const { value } = event.detail;
  return value && "metadata" in value ? value.metadata : [];
}

// The table above is right case by case, which the compiler cannot follow through a lookup.
function wordingOf(of: Case): Wording<Case> {
  return (WORDINGS[of] as Wording<Case> | undefined) ?? { group: "engine", kind: spaced(of), text: () => "" };
}

/** Returns the name of a kind that has no words yet as some: `asset wiped`. */
function spaced(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function toneOf(detail: Detail): Tone | undefined {
  if (detail.case === "runStateChanged") return runStateLook(detail.value.state).tone;
  if (detail.case !== "assetCheckEvaluated") return undefined;
  return detail.value.passed ? "succeeded" : detail.value.warning ? "warning" : "failed";
}

function failureText(failure: Failure | undefined): string {
  return failure ? [failure.type, failure.message].filter(Boolean).join(": ") : "";
}

function mapped(value: { outputName: string; mappingKey: string }): string {
  return value.mappingKey ? `${value.outputName}[${value.mappingKey}]` : value.outputName;
}

function after(duration: Parameters<typeof spanMillis>[0] | undefined): string {
  return duration ? `after ${formatSpan(spanMillis(duration))}` : "";
}

function joined(...parts: (string | undefined)[]): string {
  return parts.filter(Boolean).join(" · ");
}
