import type { Tick } from "@/api/gen/headrace/api/types/v1/instigator_pb.ts";
import { formatMoment } from "@/model/moments.ts";
import { formatDistance, millis } from "@/model/time.ts";
import { useNow } from "@/ui/now.ts";
import { placeTicks, tickLook } from "./ticks.ts";
import styles from "./TickTimeline.module.css";

/** The latest ticks on a line of time; each can be chosen. */
export function TickTimeline({ ticks, chosen, onChoose }: { ticks: readonly Tick[]; chosen: string | undefined; onChoose(tick: Tick): void }) {
  const now = useNow(5_000);
  const placed = placeTicks(ticks, now);
  const oldest = millis(ticks.at(-1)?.dueTime);
  return (
    <div className={styles.timeline}>
      <div className={styles.line} role="group" aria-label="Ticks over time">
        {placed.map(({ tick, at }) => {
          const look = tickLook(tick);
          const text = `${look.label}, ${formatMoment(millis(tick.dueTime) ?? 0)}`;
          return (
            <button
              key={tick.tickId}
              type="button"
              style={{ left: `${at * 100}%`, background: `var(--${look.tone})` }}
              data-tone={look.tone}
              aria-pressed={tick.tickId === chosen}
              aria-label={text}
              title={text}
              onClick={() => onChoose(tick)}
            />
          );
        })}
      </div>
      <div className={styles.ends}>
        <span>{oldest !== undefined && formatDistance(oldest, now)}</span>
        <span>now</span>
      </div>
    </div>
  );
}
