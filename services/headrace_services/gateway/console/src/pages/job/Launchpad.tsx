import { useQuery } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";

import { runs } from "@/api/clients.ts";
import { RunService } from "@/api/gen/headrace/api/gateway/v1/run_service_pb.ts";
import type { JobDefinition } from "@/api/gen/headrace/api/types/v1/job_pb.ts";
import { ConfigEditor } from "@/launch/config/ConfigEditor.tsx";
import { scaffold } from "@/launch/config/schema.ts";
import { launch, type RunDraft } from "@/launch/draft.ts";
import { PartitionPicker } from "@/launch/partitions/PartitionPicker.tsx";
import type { PartitionChoice } from "@/launch/partitions/source.ts";
import { readTags } from "@/launch/tags.ts";
import { useCheckedConfig } from "@/launch/useCheckedConfig.ts";
import { useKept } from "@/launch/useKept.ts";
import { count } from "@/model/numbers.ts";
import { payloadYaml } from "@/model/payloadYaml.ts";
import { shortId } from "@/model/runs.ts";
import { useRefusal } from "@/session/useRefusal.ts";
import { Button } from "@/ui/Button.tsx";
import { Select, TextField } from "@/ui/Field.tsx";
import { Failed } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { StateBadge } from "@/ui/State.tsx";
import { toast } from "@/ui/toast.ts";
import styles from "./Job.module.css";

/** Where a job is launched with configuration, partitions, tags, and some of its ops. What was typed is kept. */
export function Launchpad({ locationName, job }: { locationName: string; job: JobDefinition }) {
  const navigate = useNavigate();
  const place = `launchpad ${locationName}/${job.name}`;
  const [config, setConfig] = useKept(`${place} config`, job.defaultRunConfig ? payloadYaml(job.defaultRunConfig) : "");
  const [tags, setTags] = useKept(`${place} tags`, "");
  const [selection, setSelection] = useKept(`${place} selection`, "");
  const [choice, setChoice] = useState<PartitionChoice>({ kind: "latest" });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const draft = useMemo<RunDraft>(
    () => ({ locationName, jobName: job.name, assetSelection: [], opSelection: selection.split(/[,\s]+/).filter(Boolean), tags: readTags(tags) }),
    [locationName, job.name, selection, tags],
  );
  const checked = useCheckedConfig(config, draft, !job.partitions || config.trim() !== "");
  const refusal = useRefusal(RunService.method.createRun, locationName);
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const partitions = job.partitions && { source: { locationName, jobName: job.name }, choice };
      const launched = await launch({ ...draft, runConfig: checked.payload }, partitions);
      toast(launched.what);
      void navigate(launched.to);
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Panel title="Launchpad" actions={<Presets locationName={locationName} job={job} onUse={setConfig} />}>
      <form
        className={styles.launchpad}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {job.partitions && (
          <fieldset className={styles.field}>
            <legend>Partitions</legend>
            <PartitionPicker source={{ locationName, jobName: job.name }} value={choice} onChange={setChoice} />
          </fieldset>
        )}
        <ConfigEditor label="Run configuration" text={config} onChange={setConfig} schema={job.configSchema} marks={checked.marks} />
        <div className={styles.fields}>
          <TextField label="Tags: key=value, key=value" value={tags} onChange={(event) => setTags(event.target.value)} />
          {job.nodes.length > 0 && <TextField label="All ops; or some: *my_op, my_op+" value={selection} onChange={(event) => setSelection(event.target.value)} />}
        </div>
        {checked.error !== undefined && checked.error !== null && <Failed error={checked.error} what="check the run" />}
        {error !== undefined && <Failed error={error} what="launch the run" />}
        <div className={styles.launch}>
          <Verdict checked={checked} />
          <Button kind="primary" type="submit" busy={busy} refusal={refusal} disabled={!checked.valid} icon={<Play size={14} aria-hidden />}>
            Launch
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function Verdict({ checked }: { checked: ReturnType<typeof useCheckedConfig> }) {
  if (checked.marks.length > 0) return <StateBadge look={{ tone: "failed", label: count(checked.marks.length, "problem") }} />;
  if (checked.checking) return <StateBadge look={{ tone: "running", label: "Checking", active: true }} />;
  if (checked.stepCount !== undefined) return <StateBadge look={{ tone: "succeeded", label: count(checked.stepCount, "step") }} />;
  return null;
}

/** Configuration to begin with: what the job is defined with, its presets, what it must be told, what its latest runs were told. */
function Presets({ locationName, job, onUse }: { locationName: string; job: JobDefinition; onUse(text: string): void }) {
  const { data } = useQuery({ queryKey: ["job runs", locationName, job.name, "presets"], queryFn: async ({ signal }) => (await runs.listRuns({ locationName, jobName: job.name, pageSize: 20 }, { signal })).runs });
  const told = data?.filter((run) => run.runConfig !== undefined) ?? [];
  const presets = new Map<string, () => string>([
    ...(job.defaultRunConfig ? [["As the job is defined", () => payloadYaml(job.defaultRunConfig!)] as const] : []),
    ...job.presets.map((preset) => [preset.name, () => payloadYaml(preset.runConfig!)] as const),
    ...(job.configSchema ? [["What must be given", () => scaffold(job.configSchema)] as const] : []),
    ...told.slice(0, 5).map((run) => [`As run ${shortId(run.runId)}`, () => payloadYaml(run.runConfig!)] as const),
    ["Empty", () => ""],
  ]);
  return (
    <Select label="Fill in" value="" onChange={(event) => onUse(presets.get(event.target.value)?.() ?? "")}>
      <option value="" disabled>
        Fill in…
      </option>
      {[...presets.keys()].map((name) => (
        <option key={name}>{name}</option>
      ))}
    </Select>
  );
}
