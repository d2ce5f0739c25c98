import type { Backfill } from "@/api/gen/headrace/api/types/v1/backfill_pb.ts";
import { formatNumber } from "@/model/numbers.ts";
import styles from "./BackfillProgress.module.css";
import { sumCounts, type Counts } from "./looks.ts";

/** How far a backfill has come, as a bar and in numbers. */
export function BackfillProgress({ backfill }: { backfill: Pick<Backfill, "counts"> }) {
  return <CountsBar counts={sumCounts(backfill.counts)} />;
}

/** Made, failed and running partitions of all that are to be made. */
export function CountsBar({ counts: { target, made, failed, running } }: { counts: Counts }) {
  const share = (part: number) => `${target === 0 ? 0 : (part / target) * 100}%`;
  const text = [`${formatNumber(made)} of ${formatNumber(target)} made`, failed > 0 && `${formatNumber(failed)} failed`, running > 0 && `${formatNumber(running)} running`].filter(Boolean).join(", ");
  return (
    <div className={styles.progress} title={text}>
      <div className={styles.bar} role="img" aria-label={text}>
        <i data-part="made" style={{ width: share(made) }} />
        <i data-part="failed" style={{ width: share(failed) }} />
        <i data-part="running" style={{ width: share(running) }} />
      </div>
      <span className="numbers">
        {formatNumber(made)}/{formatNumber(target)}
        {failed > 0 && <b> {formatNumber(failed)} failed</b>}
      </span>
    </div>
  );
}
