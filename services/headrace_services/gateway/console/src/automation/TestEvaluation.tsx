import { FlaskConical } from "lucide-react";
import { useState } from "react";

import type { RunRequest, Tick } from "@/api/gen/headrace/api/types/v1/instigator_pb.ts";
import { keyText } from "@/model/assetKeys.ts";
import { count } from "@/model/numbers.ts";
import { Button } from "@/ui/Button.tsx";
import { Code } from "@/ui/Code.tsx";
import { Dialog } from "@/ui/Dialog.tsx";
import { TextField } from "@/ui/Field.tsx";
import { Failed } from "@/ui/Notice.tsx";
import { StateBadge } from "@/ui/State.tsx";
import { Tags } from "@/ui/Tags.tsx";
import { prettyPayload } from "@/model/payload.ts";
import styles from "./TestEvaluation.module.css";
import { TickDetail } from "./TickList.tsx";
import { tickLook } from "./ticks.ts";

/** What an evaluation would come to. */
export interface TestResult {
  tick?: Tick;
  runRequests: readonly RunRequest[];
}

/** Evaluates a schedule or sensor without any consequence, or with all of them; with `refusal` nobody who looks may do either. */
export function TestEvaluation({ name, option, refusal, evaluate }: { name: string; option: string; refusal: string | undefined; evaluate(option: string, dryRun: boolean): Promise<TestResult> }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [busy, setBusy] = useState<"" | "test" | "run">("");
  const [result, setResult] = useState<TestResult>();
  const [error, setError] = useState<unknown>();
  const act = async (dryRun: boolean) => {
    setBusy(dryRun ? "test" : "run");
    setError(undefined);
    try {
      setResult(await evaluate(text, dryRun));
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy("");
    }
  };
  return (
    <>
      <Button refusal={refusal} icon={<FlaskConical size={14} aria-hidden />} onClick={() => setOpen(true)}>
        Test evaluation
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={`Evaluate ${name}`}
        wide
        footer={
          <>
            <Button busy={busy === "run"} onClick={() => void act(false)}>
              Evaluate and act
            </Button>
            <Button kind="primary" busy={busy === "test"} onClick={() => void act(true)}>
              Test
            </Button>
          </>
        }
      >
        <div className={styles.content}>
          <p>A test asks the code and shows what it would do; nothing is made or remembered. To act is to do as if it were due now.</p>
          <TextField label={option} value={text} onChange={(event) => setText(event.target.value)} />
          {error !== undefined && <Failed error={error} what="evaluate it" />}
          {result && <Result result={result} />}
        </div>
      </Dialog>
    </>
  );
}

function Result({ result: { tick, runRequests } }: { result: TestResult }) {
  return (
    <section className={styles.result} aria-label="What came of it">
      <div className={styles.head}>
        {tick && <StateBadge look={tickLook(tick)} />}
        <strong>{runRequests.length > 0 ? `${count(runRequests.length, "run")} asked for` : "No runs asked for"}</strong>
      </div>
      {tick && <TickDetail tick={tick} />}
      {runRequests.slice(0, 50).map((request, index) => (
        // Requests have no identity but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} className={styles.request}>
          <div className={styles.head}>
            {request.jobName && <code>{request.jobName}</code>}
            {request.runKey && <span className="faint">run key {request.runKey}</span>}
            {request.partitionKey && <span className="faint">partition {request.partitionKey}</span>}
            {request.assetSelection.length > 0 && <span className="faint">{request.assetSelection.map(keyText).join(", ")}</span>}
          </div>
          <Tags tags={request.tags} />
          {request.runConfig && <Code text={prettyPayload(request.runConfig)} label="Run configuration" />}
        </div>
      ))}
    </section>
  );
}
