import { useVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, useState } from "react";

import { segments, type Segment } from "@/model/ansi.ts";
import type { Lines } from "@/model/lines.ts";
import { formatNumber } from "@/model/numbers.ts";
import styles from "./LogView.module.css";

const ROW = 19;
const NEAR_PX = 40;

/** Lines of a log, those in sight only; it stays at the end while it is there. */
export function LogView({ lines, version, live }: { lines: Lines; version: number; live: boolean }) {
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const total = lines.shown();
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 30,
  });
  useLayoutEffect(() => {
    if (live && atEnd && total > 0) virtualizer.scrollToIndex(total - 1, { align: "end" });
  }, [live, atEnd, total, version, virtualizer]);
  return (
    <div
      ref={scroller}
      className={styles.log}
      role="group"
      tabIndex={0}
      aria-label="Output"
      onScroll={({ currentTarget: at }) => setAtEnd(at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_PX)}
    >
      {lines.dropped > 0 && <p className={styles.dropped}>The first {formatNumber(lines.dropped)} lines are not shown.</p>}
      <div style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
        {virtualizer.getVirtualItems().map((item) => (
          <div key={item.key} ref={virtualizer.measureElement} data-index={item.index} className={styles.line} style={{ transform: `translateY(${item.start}px)` }}>
            <span className={styles.number} aria-hidden>
              {lines.dropped + item.index + 1}
            </span>
            <span className={styles.text}>
              {segments(lines.all[item.index] ?? "").map((segment, index) => (
                // Pieces of a line have no identity but their place.
                // oxlint-disable-next-line react/no-array-index-key
                <Piece key={index} {...segment} />
              ))}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}

function Piece({ text, colour, bold, dim }: Segment) {
  if (!colour && !bold && !dim) return text;
  return (
    <span data-colour={colour} style={{ fontWeight: bold ? 650 : undefined, opacity: dim ? 0.7 : undefined }}>
      {text}
    </span>
  );
}
