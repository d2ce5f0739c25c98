import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";

import type { Event } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import { flipped } from "@/model/sets.ts";
import { Button } from "@/ui/Button.tsx";
import styles from "./EventList.module.css";
import { EventRow } from "./EventRow.tsx";

const ROW = 30;
const NEAR_PX = 40;

interface Props {
  events: Event[];
  begin: number;
  live: boolean;
  onStep(key: string): void;
}

/** Events in their order, those in sight only; it stays at the end while it is there. */
export function EventList({ events, begin, live, onStep }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<bigint>>(new Set());
  const [atEnd, setAtEnd] = useState(live);
  const virtualizer = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => String(events[index]!.sequence),
    overscan: 10,
  });
  useLayoutEffect(() => {
    if (live && atEnd && events.length > 0) virtualizer.scrollToIndex(events.length - 1, { align: "end" });
  }, [live, atEnd, events.length, virtualizer]);
  const toggle = (sequence: bigint) => setOpen(flipped(open, sequence));
  return (
    <div className={styles.frame}>
      <div
        ref={scroller}
        className={styles.scroller}
        role="group"
        tabIndex={0}
        aria-label="Events"
        onScroll={({ currentTarget: at }) => setAtEnd(at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_PX)}
      >
        <ol style={{ height: virtualizer.getTotalSize() }} className={styles.list}>
          {virtualizer.getVirtualItems().map((item) => {
            const event = events[item.index]!;
            return (
              <li key={item.key} ref={virtualizer.measureElement} data-index={item.index} className={styles.item} style={{ transform: `translateY(${item.start}px)` }}>
                <EventRow event={event} begin={begin} open={open.has(event.sequence)} onToggle={() => toggle(event.sequence)} onStep={onStep} />
              </li>
            );
          })}
        </ol>
      </div>
      {live && !atEnd && (
        <div className={styles.follow}>
          <Button small icon={<ArrowDown size={13} aria-hidden />} onClick={() => setAtEnd(true)}>
            Newest
          </Button>
        </div>
      )}
    </div>
  );
}
