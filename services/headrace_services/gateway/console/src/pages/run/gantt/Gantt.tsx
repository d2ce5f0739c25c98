import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";

import { ticks } from "@/model/axis.ts";
import type { RunProgress, StepProgress } from "@/model/runProgress.ts";
import { formatSpan } from "@/model/time.ts";
import { Checkbox } from "@/ui/Field.tsx";
import { Empty } from "@/ui/Notice.tsx";
import { useNow } from "@/ui/now.ts";
import { stepStateLook } from "@/model/states.ts";
import { StateIcon } from "@/ui/State.tsx";
import { useWidth } from "@/ui/useWidth.ts";
import styles from "./Gantt.module.css";

const ROW = 28;
const TICK_PX = 84;
const TURN_MS = 250;

interface Props {
  progress: RunProgress;
  steps: StepProgress[];
  zoom: number;
  step: string;
  onStep(key: string): void;
  chosen: ReadonlySet<string>;
  onChoose(keys: Set<string>): void;
}

/** When each step was executed: a row for each, a bar for each attempt. Only the rows in sight are drawn. */
export function Gantt({ progress, steps, zoom, step, onStep, chosen, onChoose }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [scale, width] = useWidth<HTMLDivElement>();
  const now = useNow(progress.over ? 0 : TURN_MS);
  const begin = progress.startTime ?? progress.createTime ?? now;
  const end = Math.max(progress.endTime ?? now, begin + 1);
  const virtualizer = useVirtualizer({
    count: steps.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const place = (moment: number) => `${(100 * (moment - begin)) / (end - begin)}%`;
  const choose = (key: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(key);
    else next.delete(key);
    onChoose(next);
  };
  return (
    <div ref={scroller} className={styles.scroller} role="group" tabIndex={0} aria-label="Timeline of steps">
      <div className={styles.canvas} style={{ width: `max(100%, calc(var(--label) + (100% - var(--label)) * ${zoom}))` }}>
        <div className={styles.axis} aria-hidden>
          <div className={styles.corner}>{formatSpan(end - begin)} in all</div>
          <div ref={scale} className={styles.scale}>
            {ticks(begin, end, Math.max(1, width / TICK_PX), begin).map((moment) => (
              <span key={moment} style={{ left: place(moment) }}>
                {formatSpan(moment - begin)}
              </span>
            ))}
          </div>
        </div>
        {steps.length === 0 && <Empty title="No step matches" />}
        <ul className={styles.rows} style={{ height: virtualizer.getTotalSize() }} aria-label={`${steps.length} steps`}>
          {virtualizer.getVirtualItems().map((item) => {
            const each = steps[item.index]!;
            return (
              <li key={each.key} className={styles.row} data-current={each.key === step || undefined} style={{ transform: `translateY(${item.start}px)` }}>
                <div className={styles.label}>
                  <Checkbox label={`Choose ${each.key}`} hideLabel checked={chosen.has(each.key)} onChange={(event) => choose(each.key, event.target.checked)} />
                  <StateIcon look={stepStateLook(each.state)} size={13} label />
                  <button type="button" className={styles.name} title={each.key} aria-pressed={each.key === step} onClick={() => onStep(each.key)}>
                    {each.key}
                  </button>
                  <span className={styles.took}>{each.start === undefined ? "" : formatSpan((each.end ?? now) - each.start)}</span>
                </div>
                <div className={styles.track} onClick={() => onStep(each.key)}>
                  <Bars step={each} now={now} place={place} />
                </div>
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}

function Bars({ step, now, place }: { step: StepProgress; now: number; place(moment: number): string }) {
  return step.attempts.map((attempt) => {
    const end = attempt.end ?? now;
    const look = stepStateLook(attempt.state);
    const title = `${step.key}${step.attempts.length > 1 ? `, attempt ${attempt.number}` : ""}: ${look.label.toLowerCase()}, ${formatSpan(end - attempt.start)}`;
    return (
      <span
        key={attempt.number}
        className={styles.bar}
        data-active={look.active}
        title={title}
        style={{ left: place(attempt.start), width: `calc(${place(end)} - ${place(attempt.start)})`, background: `var(--${look.tone})` }}
      />
    );
  });
}
