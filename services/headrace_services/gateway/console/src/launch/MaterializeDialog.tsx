import { useQuery } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";

import { RunService } from "@/api/gen/headrace/api/gateway/v1/run_service_pb.ts";
import type { AssetInfo } from "@/assets/info.ts";
import { count } from "@/model/numbers.ts";
import { useRefusal } from "@/session/useRefusal.ts";
import { Button } from "@/ui/Button.tsx";
import { Dialog } from "@/ui/Dialog.tsx";
import { TextField } from "@/ui/Field.tsx";
import { Failed, Notice } from "@/ui/Notice.tsx";
import { toast } from "@/ui/toast.ts";
import { AssetConfig, useAssetSchema } from "./AssetConfig.tsx";
import { mustBeGiven } from "./config/schema.ts";
import { launch, type Launched, type RunDraft } from "./draft.ts";
import styles from "./Launch.module.css";
import { PartitionPicker } from "./partitions/PartitionPicker.tsx";
import { byLocation, crossings, draftOf, rootOf, type Crossing } from "./materialize.ts";
import { readKeys, type PartitionChoice } from "./partitions/source.ts";
import { useCheckedConfig } from "./useCheckedConfig.ts";

/** Materializes assets: asks for partitions where they have some, and for configuration where somebody wants to give it; `partitions` are those to begin with. */
export function MaterializeDialog({ assets, partitions = "latest", onClose }: { assets: readonly AssetInfo[] | undefined; partitions?: "latest" | "stale"; onClose(): void }) {
  const executable = assets?.filter((asset) => asset.executable) ?? [];
  return (
    <Dialog open={assets !== undefined} onClose={onClose} title={`Materialize ${executable.length === 1 ? executable[0]!.id : count(executable.length, "asset")}`} wide>
      {executable.length === 0 ? (
        <Notice title="Nothing to materialize">These assets are made elsewhere: this deployment only knows of them.</Notice>
      ) : (
        <MaterializeForm assets={executable} partitions={partitions} onClose={onClose} />
      )}
    </Dialog>
  );
}

function MaterializeForm({ assets, partitions, onClose }: { assets: readonly AssetInfo[]; partitions: "latest" | "stale"; onClose(): void }) {
  const navigate = useNavigate();
  const [choice, setChoice] = useState<PartitionChoice>({ kind: partitions });
  const [config, setConfig] = useState("");
  const [tags, setTags] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const parts = byLocation(assets);
  const partitioned = rootOf(assets);
  const alone = parts.length === 1;
  const schema = useAssetSchema(assets, alone);
  const configured = alone && (config.trim() !== "" || mustBeGiven(schema));
  const sample = useLatestKey(configured ? partitioned : undefined);
  const draft = { ...draftOf(parts[0]!, tags), partitionKey: sample ?? "" };
  const checked = useCheckedConfig(config, draft, configured && (sample !== undefined || !partitioned));
  const refusal = useRefusal(RunService.method.createRun, ...parts.map(([first]) => first!.location));
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const launched = await Promise.all(parts.map((some) => launchSome(some, tags, choice, checked.payload)));
      onClose();
      const [first] = launched;
      toast(launched.length === 1 ? first!.what : `${count(launched.length, "run")} asked for.`, { link: { label: "Show", to: first!.to } });
      if (launched.length === 1 && assets.length === 1) void navigate(first!.to);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <AssetNames assets={assets} />
      {!alone && <SeveralLocations parts={parts} crossings={crossings(assets)} />}
      {partitioned && (
        <fieldset className={styles.field}>
          <legend>Partitions{assets.length > 1 ? ` of ${partitioned.id}` : ""}</legend>
          <PartitionPicker source={{ assetKey: { path: partitioned.key.path } }} value={choice} onChange={setChoice} />
        </fieldset>
      )}
      <details className={styles.more} open={mustBeGiven(schema) || undefined}>
        <summary>Configuration and tags</summary>
        {alone ? (
          <AssetConfig text={config} onChange={setConfig} schema={schema} marks={checked.marks} />
        ) : (
          <p className="faint">Configuration can be given where all assets are in one location.</p>
        )}
        <TextField label="Tags: key=value, key=value" value={tags} onChange={(event) => setTags(event.target.value)} />
      </details>
      {error !== undefined && <Failed error={error} what="materialize" />}
      <div className={styles.actions}>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" busy={busy} refusal={refusal} disabled={!checked.valid} icon={<Play size={14} aria-hidden />}>
          Materialize
        </Button>
      </div>
    </form>
  );
}

const MOST_CROSSINGS = 4;

/** Says before it happens that there will be several runs, and what may therefore be made from what is older. */
function SeveralLocations({ parts, crossings: found }: { parts: readonly AssetInfo[][]; crossings: readonly Crossing[] }) {
  const title = `These assets are in ${parts.length} locations: one run is made in each`;
  if (found.length === 0) return <Notice title={title}>They run at the same time; none of these assets is made from one of another location.</Notice>;
  return (
    <Notice tone="warning" title={title}>
      They run at the same time and do not wait for each other, so what is made from an asset of another location may be made from what is there now:
      <ul className={styles.crossings}>
        {found.slice(0, MOST_CROSSINGS).map(({ from, to }) => (
          <li key={`${from.id} ${to.id}`}>
            {to.id} ({to.location}) from {from.id} ({from.location})
          </li>
        ))}
        {found.length > MOST_CROSSINGS && <li>and {count(found.length - MOST_CROSSINGS, "more dependency", "more dependencies")}</li>}
      </ul>
      To keep the order, materialize one location after the other.
    </Notice>
  );
}

/** Returns the newest partition of an asset: configuration is checked for it. */
function useLatestKey(asset: AssetInfo | undefined): string | undefined {
  const { data } = useQuery({
    queryKey: ["partition keys", asset?.id, "latest"],
    queryFn: async () => (await readKeys({ assetKey: { path: asset!.key.path } }, { descending: true, pageSize: 1 })).partitionKeys[0] ?? null,
    enabled: asset !== undefined,
  });
  return asset && (data ?? undefined);
}

function AssetNames({ assets }: { assets: readonly AssetInfo[] }) {
  const few = assets.slice(0, 12);
  return (
    <ul className={styles.names}>
      {few.map((asset) => (
        <li key={asset.id}>{asset.id}</li>
      ))}
      {assets.length > few.length && <li className="faint">and {assets.length - few.length} more</li>}
    </ul>
  );
}

/** Asks for a run, or a backfill, that makes assets of one location. */
function launchSome(assets: readonly AssetInfo[], tags: string, choice: PartitionChoice, runConfig: RunDraft["runConfig"]): Promise<Launched> {
  const root = rootOf(assets);
  return launch({ ...draftOf(assets, tags), runConfig }, root && { source: { assetKey: { path: root.key.path } }, choice });
}
