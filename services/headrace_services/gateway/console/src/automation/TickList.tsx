import { useEffect, useRef } from "react";
import { Link } from "react-router";

import type { Tick } from "@/api/gen/headrace/api/types/v1/instigator_pb.ts";
import { keyText } from "@/model/assetKeys.ts";
import { count } from "@/model/numbers.ts";
import { shortId } from "@/model/runs.ts";
import { links } from "@/shell/links.ts";
import { Code } from "@/ui/Code.tsx";
import { FailureView } from "@/ui/FailureView.tsx";
import { StateBadge } from "@/ui/State.tsx";
import { Time } from "@/ui/Time.tsx";
import styles from "./TickList.module.css";
import { tickLook } from "./ticks.ts";

/** Ticks and what came of each. */
export function TickList({ ticks, open }: { ticks: readonly Tick[]; open: string | undefined }) {
  return (
    <ul className={styles.ticks}>
      {ticks.map((tick) => (
        <TickRow key={tick.tickId} tick={tick} open={tick.tickId === open} />
      ))}
    </ul>
  );
}

function TickRow({ tick, open }: { tick: Tick; open: boolean }) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (!open || !details.current) return;
    details.current.open = true;
    details.current.scrollIntoView({ block: "nearest" });
  }, [open]);
  return (
    <li>
      <details ref={details}>
        <summary>
          <StateBadge look={tickLook(tick)} />
          <span className={styles.said}>{tickSummary(tick)}</span>
          <Time at={tick.dueTime} form="moment" />
        </summary>
        <div className={styles.body}>
          <TickDetail tick={tick} />
        </div>
      </details>
    </li>
  );
}

function tickSummary(tick: Tick): string {
  if (tick.failure) return tick.failure.message;
  const parts = [tick.runIds.length > 0 && count(tick.runIds.length, "run"), tick.backfills.length > 0 && count(tick.backfills.length, "backfill"), tick.repeatedRunKeys.length > 0 && `${count(tick.repeatedRunKeys.length, "run key")} asked for before`, tick.skipMessage];
  return parts.filter(Boolean).join(" · ");
}

/** All that is known of a tick. */
export function TickDetail({ tick }: { tick: Tick }) {
  return (
    <>
      {tick.failure && <FailureView failure={tick.failure} />}
      {tick.runIds.length > 0 && (
        <p>
          Runs:{" "}
          {tick.runIds.map((runId) => (
            <Link key={runId} to={links.run(runId)} className={styles.run}>
              {shortId(runId)}
            </Link>
          ))}
        </p>
      )}
      {tick.backfills.map(({ backfillId, targets }) => (
        <p key={backfillId}>
          Backfill <Link to={links.backfill(backfillId)}>{shortId(backfillId)}</Link> of{" "}
          {targets.map((target) => keyText(target.assetKey)).join(", ")}
        </p>
      ))}
      {tick.skipMessage && <p>{tick.skipMessage}</p>}
      {tick.cursor && (
        <p>
          Cursor: <code>{tick.cursor}</code>
        </p>
      )}
      {tick.automationEvaluations.length > 0 && (
        <ul>
          {tick.automationEvaluations.map((each) => (
            <li key={`${keyText(each.assetKey)} ${each.checkName} ${each.jobName}`}>
              {each.assetKey ? <Link to={links.asset(each.assetKey, { tab: "automation" })}>{keyText(each.assetKey)}</Link> : each.jobName} {each.checkName} · {each.condition} is true for {String(each.trueCount)} of{" "}
              {String(each.candidateCount)}
            </li>
          ))}
        </ul>
      )}
      {tick.logLines.length > 0 && <Code text={tick.logLines.join("\n")} label="What it logged" />}
      <p className="faint">
        Due <Time at={tick.dueTime} form="moment" />, evaluated <Time at={tick.startTime} form="moment" />, committed <Time at={tick.finishTime} form="moment" />
      </p>
    </>
  );
}
