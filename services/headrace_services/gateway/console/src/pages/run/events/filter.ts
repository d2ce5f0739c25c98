import { LogLevel, type Event } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import { describe, failureOf, groupOf, isTrouble, type EventGroup } from "@/model/eventText.ts";

/** Which events to show. */
export interface EventFilter {
  text: string;
  groups: ReadonlySet<EventGroup>;
  trouble: boolean;
  /** Log lines below it are left out. */
  level: LogLevel;
  step: string;
}

/** Returns a test for what is asked for; made once, as it is asked fifty thousand times. */
export function matcher(filter: EventFilter): (event: Event) => boolean {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return (event) =>
    (!filter.step || event.stepKey === filter.step) &&
    (filter.groups.size === 0 || filter.groups.has(groupOf(event))) &&
    (!filter.trouble || isTrouble(event)) &&
    levelOf(event) >= filter.level &&
    (words.length === 0 || hasWords(event, words));
}

function levelOf(event: Event): LogLevel {
  return event.detail.case === "logRecorded" ? event.detail.value.level || LogLevel.INFO : LogLevel.CRITICAL;
}

function hasWords(event: Event, words: string[]): boolean {
  const { kind, text } = describe(event);
  const everything = `${event.stepKey} ${kind} ${text} ${failureOf(event)?.stackTrace ?? ""}`.toLowerCase();
  return words.every((word) => everything.includes(word));
}
