import { useDeferredValue, useMemo, useState } from "react";

import { LogLevel } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import type { RunFeed } from "@/api/runFeed.ts";
import type { EventGroup } from "@/model/eventText.ts";
import { count, formatNumber } from "@/model/numbers.ts";
import { Button } from "@/ui/Button.tsx";
import { SearchField, Select } from "@/ui/Field.tsx";
import { Empty, Failed, Loading } from "@/ui/Notice.tsx";
import { EventList } from "./EventList.tsx";
import styles from "./Events.module.css";
import { matcher } from "./filter.ts";

type Choice = EventGroup | "trouble" | "all";

const CHOICES: { value: Choice; label: string }[] = [
  { value: "all", label: "Everything" },
  { value: "trouble", label: "Trouble" },
  { value: "steps", label: "Steps" },
  { value: "logs", label: "Log lines" },
  { value: "assets", label: "Assets and checks" },
  { value: "data", label: "Inputs and outputs" },
  { value: "engine", label: "Engine" },
  { value: "run", label: "Run" },
];
const LEVELS: [LogLevel, string][] = [
  [LogLevel.DEBUG, "Debug and above"],
  [LogLevel.INFO, "Info and above"],
  [LogLevel.WARNING, "Warnings and above"],
  [LogLevel.ERROR, "Errors"],
];

/** The events of a run: filtered, searched, live. */
export function Events({ run, feed, step, onStep }: { run: Run; feed: RunFeed; step: string; onStep(key: string): void }) {
  const [text, setText] = useState("");
  const [choice, setChoice] = useState<Choice>("all");
  const [level, setLevel] = useState(LogLevel.DEBUG);
  // Typing stays quick however many events are searched.
  const wanted = useDeferredValue(text);
  const { events, version } = feed;
  const shown = useMemo(
    () => {
      const groups = new Set<EventGroup>(choice === "all" || choice === "trouble" ? [] : [choice]);
      return events.filter(matcher({ text: wanted, groups, trouble: choice === "trouble", level, step }));
    },
    // What it is made of changes in place; its version tells.
    // oxlint-disable-next-line react/exhaustive-deps
    [events, version, wanted, choice, level, step],
  );
  return (
    <div>
      <div className={styles.bar}>
        <SearchField label="Search in events" className={styles.search} value={text} onChange={(event) => setText(event.target.value)} />
        <Select label="What events are about" value={choice} onChange={(event) => setChoice(event.target.value as Choice)}>
          {CHOICES.map((each) => (
            <option key={each.value} value={each.value}>
              {each.label}
            </option>
          ))}
        </Select>
        <Select label="Which log lines" value={level} onChange={(event) => setLevel(Number(event.target.value))}>
          {LEVELS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
        {step && (
          <Button small onClick={() => onStep("")} title="Show the events of all steps">
            {step} ×
          </Button>
        )}
        <span className={styles.count} role="status">
          {shown.length === events.length ? count(events.length, "event") : `${formatNumber(shown.length)} of ${count(events.length, "event")}`}
        </span>
      </div>
      {feed.error !== undefined && <Failed error={feed.error} what="follow the events" />}
      {shown.length > 0 ? (
        <EventList events={shown} begin={feed.progress.createTime ?? 0} live={!run.finishTime && !feed.progress.over} onStep={onStep} />
      ) : feed.caughtUp ? (
        <Empty title={events.length === 0 ? "Nothing has happened yet" : "No event matches"} />
      ) : (
        <Loading />
      )}
    </div>
  );
}
