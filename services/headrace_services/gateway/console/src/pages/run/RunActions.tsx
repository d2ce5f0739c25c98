import { OctagonX, RotateCcw } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";

import { useAction } from "@/ui/act.ts";
import { runs } from "@/api/clients.ts";
import { RunService } from "@/api/gen/headrace/api/gateway/v1/run_service_pb.ts";
import { RunState, type Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { requestId } from "@/api/ids.ts";
import type { RunFeed } from "@/api/runFeed.ts";
import { count } from "@/model/numbers.ts";
import { withDownstream } from "@/model/runProgress.ts";
import { shortId } from "@/model/runs.ts";
import { useRefusal } from "@/session/useRefusal.ts";
import { links } from "@/shell/links.ts";
import { Button } from "@/ui/Button.tsx";
import { Dialog } from "@/ui/Dialog.tsx";
import { Menu } from "@/ui/Menu.tsx";
import { toast } from "@/ui/toast.ts";

const OVER: readonly RunState[] = [RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELED];

interface Props {
  run: Run;
  state: RunState;
  feed: RunFeed;
  chosen: ReadonlySet<string>;
}

/** What can be done with a run: end it, or repeat it when it is over. */
export function RunActions(props: Props) {
  return OVER.includes(props.state) ? <Retry {...props} /> : <Cancel {...props} />;
}

function Cancel({ run, state }: Props) {
  const [asking, setAsking] = useState(false);
  const cancel = useAction("cancel the run", async () => {
    await runs.cancelRun({ runId: run.runId, requestId: requestId() });
    setAsking(false);
  });
  const refusal = useRefusal(RunService.method.cancelRun, run.locationName);
  const canceling = state === RunState.CANCELING;
  return (
    <>
      <Button kind="danger" icon={<OctagonX size={15} aria-hidden />} disabled={canceling} refusal={refusal} onClick={() => setAsking(true)}>
        {canceling ? "Canceling" : "Cancel run"}
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Cancel this run?"
        footer={
          <>
            <Button onClick={() => setAsking(false)}>Let it go on</Button>
            <Button kind="danger" busy={cancel.busy} onClick={() => cancel.run()}>
              Cancel the run
            </Button>
          </>
        }
      >
        Steps that are executing are ended, and those that wait are not begun. What has been stored stays. It can be retried
        afterwards from where it was.
      </Dialog>
    </>
  );
}

function Retry({ run, feed, chosen, state }: Props) {
  const navigate = useNavigate();
  const retry = useAction("retry the run", async (what: { allSteps?: boolean; stepKeys?: string[]; fromAssetFailure?: boolean }) => {
    const answer = await runs.retryRun({ runId: run.runId, requestId: requestId(), ...what });
    const made = answer.run!;
    toast(`Run ${shortId(made.runId)} was made from ${shortId(run.runId)}.`);
    void navigate(links.run(made.runId));
  });
  const refusal = useRefusal(RunService.method.retryRun, run.locationName);
  const below = withDownstream(feed.progress.steps, chosen);
  const failed = state !== RunState.SUCCEEDED;
  const selection = [
    { label: `Chosen steps (${chosen.size})`, hint: "Tick steps in the timeline first", disabled: chosen.size === 0, onChoose: () => retry.run({ stepKeys: [...chosen] }) },
    { label: `Chosen steps and below (${below.size})`, disabled: chosen.size === 0, onChoose: () => retry.run({ stepKeys: [...below] }) },
  ];
  return (
    <Menu
      label="Retry"
      kind={failed ? "primary" : "plain"}
      icon={<RotateCcw size={14} aria-hidden />}
      busy={retry.busy}
      refusal={refusal}
      items={[
        {
          label: "From where it failed",
          hint: failed ? "Steps that succeeded are not repeated; their outputs are used" : "Every step succeeded",
          disabled: !failed,
          onChoose: () => retry.run({}),
        },
        { label: "All steps", hint: count(feed.progress.steps.size, "step"), onChoose: () => retry.run({ allSteps: true }) },
        ...selection,
      ]}
    />
  );
}
