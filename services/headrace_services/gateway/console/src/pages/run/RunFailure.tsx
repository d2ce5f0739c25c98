import { RunState, type Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import type { RunFeed } from "@/api/runFeed.ts";
import { Button } from "@/ui/Button.tsx";
import { FailureView } from "@/ui/FailureView.tsx";
import { Notice } from "@/ui/Notice.tsx";
import styles from "./RunFailure.module.css";

const SHOWN = 3;

/** Why a run failed: the steps that did with their errors, or what kept the run from being executed. */
export function RunFailure({ run, feed, onStep }: { run: Run; feed: RunFeed; onStep(key: string): void }) {
  const { progress } = feed;
  const state = progress.state === RunState.UNSPECIFIED ? run.state : progress.state;
  if (state !== RunState.FAILED) return null;
  const failed = [...progress.steps.values()].filter((step) => step.state === "failed");
  if (failed.length === 0) {
    const failure = progress.failure ?? run.failure;
    return (
      <Notice tone="failed" title="This run could not be executed">
        {failure ? <FailureView failure={failure} collapsed /> : progress.reason}
      </Notice>
    );
  }
  return (
    <>
      {failed.slice(0, SHOWN).map((step) => (
        <Notice
          key={step.key}
          tone="failed"
          title={
            <>
              Step <code>{step.key}</code> failed
            </>
          }
          actions={
            <Button small onClick={() => onStep(step.key)}>
              Its output
            </Button>
          }
        >
          {step.failure && <FailureView failure={step.failure} collapsed />}
        </Notice>
      ))}
      {failed.length > SHOWN && <p className={styles.more}>{failed.length - SHOWN} more steps failed.</p>}
    </>
  );
}
