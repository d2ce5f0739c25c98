import { OctagonX, RotateCcw } from "lucide-react";
import { useState } from "react";

import { forEachOf, useAction } from "@/ui/act.ts";
import { runs as client } from "@/api/clients.ts";
import { problem } from "@/api/errors.ts";
import { RunService } from "@/api/gen/headrace/api/gateway/v1/run_service_pb.ts";
import { RunState, type Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { requestId } from "@/api/ids.ts";
import { count } from "@/model/numbers.ts";
import { isOver } from "@/model/runPatch.ts";
import { useRefusal } from "@/session/useRefusal.ts";
import { Button } from "@/ui/Button.tsx";
import { Dialog } from "@/ui/Dialog.tsx";
import { toast } from "@/ui/toast.ts";
import styles from "./BulkBar.module.css";

/** What can be done with the runs that are ticked. */
export function BulkBar({ runs, onDone }: { runs: Run[]; onDone(): void }) {
  const [asking, setAsking] = useState(false);
  const open = runs.filter((run) => !isOver(run.state));
  const over = runs.filter((run) => isOver(run.state));
  const cancel = useAction("cancel the runs", async () => {
    tell("canceled", open.length, await forEachOf(open, (run) => client.cancelRun({ runId: run.runId, requestId: requestId() })));
    setAsking(false);
    onDone();
  });
  const retry = useAction("retry the runs", async () => {
    // What succeeded has nothing left to repeat: all of it is meant.
    const again = (run: Run) => client.retryRun({ runId: run.runId, requestId: requestId(), allSteps: run.state === RunState.SUCCEEDED });
    tell("retried", over.length, await forEachOf(over, again));
    onDone();
  });
  const locations = runs.map((run) => run.locationName);
  const retryRefusal = useRefusal(RunService.method.retryRun, ...locations);
  const cancelRefusal = useRefusal(RunService.method.cancelRun, ...locations);
  return (
    <div className={styles.bar} role="region" aria-label="Chosen runs">
      <strong>{count(runs.length, "run")} chosen</strong>
      <Button icon={<RotateCcw size={14} aria-hidden />} busy={retry.busy} disabled={over.length === 0} refusal={retryRefusal} onClick={() => retry.run()}>
        Retry {over.length > 0 && over.length}
      </Button>
      <Button kind="danger" icon={<OctagonX size={14} aria-hidden />} disabled={open.length === 0} refusal={cancelRefusal} onClick={() => setAsking(true)}>
        Cancel {open.length > 0 && open.length}
      </Button>
      <Button kind="quiet" onClick={onDone}>
        Clear
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Cancel ${count(open.length, "run")}?`}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>Let them go on</Button>
            <Button kind="danger" busy={cancel.busy} onClick={() => cancel.run()}>
              Cancel {count(open.length, "run")}
            </Button>
          </>
        }
      >
        Those that wait are taken out of the queue; steps that are executing are ended.
      </Dialog>
    </div>
  );
}

function tell(what: string, total: number, errors: unknown[]): void {
  toast(`${count(total - errors.length, "run")} ${what}.`);
  const [first] = errors;
  if (first !== undefined) toast(`${count(errors.length, "run")} could not be: ${problem(first).message}`, { tone: "failed" });
}
