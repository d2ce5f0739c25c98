import { ChevronRight } from "lucide-react";

import type { Event } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import { describe, failureOf, metadataOf } from "@/model/eventText.ts";
import { formatClock, formatFull } from "@/model/moments.ts";
import { formatSpan, millis } from "@/model/time.ts";
import { FailureView } from "@/ui/FailureView.tsx";
import { MetadataList } from "@/ui/Metadata.tsx";
import { StateIcon } from "@/ui/State.tsx";
import styles from "./EventRow.module.css";

interface Props {
  event: Event;
  begin: number;
  open: boolean;
  onToggle(): void;
  onStep(key: string): void;
}

/** One event in a line, and what belongs to it below when it is opened. */
export function EventRow({ event, begin, open, onToggle, onStep }: Props) {
  const { kind, tone, text } = describe(event);
  const time = millis(event.eventTime) ?? 0;
  return (
    <div className={styles.event} data-open={open || undefined} data-tone={tone}>
      <div className={styles.line}>
        <button type="button" className={styles.more} aria-expanded={open} aria-label={`${kind} ${text}`.slice(0, 120)} onClick={onToggle}>
          <ChevronRight size={13} aria-hidden />
        </button>
        <time className={styles.time} dateTime={new Date(time).toISOString()} title={`${formatFull(time)}, ${formatSpan(time - begin)} after the run was created`}>
          {formatClock(time, true)}
        </time>
        <button type="button" className={styles.step} title={event.stepKey && `Only ${event.stepKey}`} disabled={!event.stepKey} onClick={() => onStep(event.stepKey)}>
          {event.stepKey || "run"}
        </button>
        <span className={styles.kind} style={{ color: tone === "neutral" ? undefined : `var(--${tone}-ink)` }}>
          {tone !== "neutral" && <StateIcon look={{ tone, label: "" }} size={11} />}
          {kind}
        </span>
        <span className={styles.text} onClick={onToggle}>
          {text}
        </span>
      </div>
      {open && <Rest event={event} text={text} />}
    </div>
  );
}

function Rest({ event, text }: { event: Event; text: string }) {
  const failure = failureOf(event);
  const metadata = metadataOf(event);
  return (
    <div className={styles.rest}>
      {!failure && text && <p className={styles.whole}>{text}</p>}
      {failure && <FailureView failure={failure} />}
      {metadata.length > 0 && <MetadataList entries={metadata} />}
      <p className="faint">
        event {String(event.sequence)}
        {event.attempt > 0 && `, attempt ${event.attempt}`}
        {event.detail.case === "logRecorded" && event.detail.value.logger && `, logger ${event.detail.value.logger}`}
      </p>
    </div>
  );
}
