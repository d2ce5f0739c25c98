import { Play } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";

import type { AssetInfo } from "@/assets/info.ts";
import { groupBy } from "@/model/grouping.ts";
import { count } from "@/model/numbers.ts";
import { Button } from "@/ui/Button.tsx";
import { Dialog } from "@/ui/Dialog.tsx";
import { TextField } from "@/ui/Field.tsx";
import { Failed, Notice } from "@/ui/Notice.tsx";
import { toast } from "@/ui/toast.ts";
import { ConfigEditor } from "./config/ConfigEditor.tsx";
import { launch, type Launched } from "./draft.ts";
import styles from "./Launch.module.css";
import { PartitionPicker } from "./partitions/PartitionPicker.tsx";
import type { PartitionChoice } from "./partitions/source.ts";
import { readTags } from "./tags.ts";
import { useCheckedConfig } from "./useCheckedConfig.ts";

/** Materializes assets: asks for partitions where they have some, and for configuration where somebody wants to give it. */
export function MaterializeDialog({ assets, onClose }: { assets: readonly AssetInfo[] | undefined; onClose(): void }) {
  const executable = assets?.filter((asset) => asset.executable) ?? [];
  return (
    <Dialog open={assets !== undefined} onClose={onClose} title={`Materialize ${executable.length === 1 ? executable[0]!.id : count(executable.length, "asset")}`} wide>
      {executable.length === 0 ? (
        <Notice title="Nothing to materialize">These assets are made elsewhere: this deployment only knows of them.</Notice>
      ) : (
        <MaterializeForm assets={executable} onClose={onClose} />
      )}
    </Dialog>
  );
}

function MaterializeForm({ assets, onClose }: { assets: readonly AssetInfo[]; onClose(): void }) {
  const navigate = useNavigate();
  const [choice, setChoice] = useState<PartitionChoice>({ kind: "latest" });
  const [config, setConfig] = useState("");
  const [tags, setTags] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const byLocation = [...groupBy(assets, (asset) => asset.location).values()];
  const partitioned = rootOf(assets);
  const draft = draftOf(byLocation[0]!, tags);
  const checked = useCheckedConfig(config, draft, config.trim() !== "" && byLocation.length === 1);
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const launched = await Promise.all(byLocation.map((some) => launchSome(some, tags, choice, checked.payload)));
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
      {byLocation.length > 1 && <Notice title={`These assets are in ${byLocation.length} locations`}>One run is made in each, at the same time.</Notice>}
      {partitioned && (
        <fieldset className={styles.field}>
          <legend>Partitions{assets.length > 1 ? ` of ${partitioned.id}` : ""}</legend>
          <PartitionPicker source={{ assetKey: { path: partitioned.key.path } }} value={choice} onChange={setChoice} />
        </fieldset>
      )}
      <details className={styles.more}>
        <summary>Configuration and tags</summary>
        <ConfigEditor label="Run configuration" text={config} onChange={setConfig} schema={undefined} marks={checked.marks} />
        <TextField label="Tags: key=value, key=value" value={tags} onChange={(event) => setTags(event.target.value)} />
      </details>
      {error !== undefined && <Failed error={error} what="materialize" />}
      <div className={styles.actions}>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" busy={busy} disabled={!checked.valid} icon={<Play size={14} aria-hidden />}>
          Materialize
        </Button>
      </div>
    </form>
  );
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

/** The asset whose partitions are asked for: one that has some and is made from none of the others. */
function rootOf(assets: readonly AssetInfo[]): AssetInfo | undefined {
  const ids = new Set(assets.map((asset) => asset.id));
  const partitioned = assets.filter((asset) => asset.partitioned);
  return partitioned.find((asset) => !asset.upstream.some((id) => ids.has(id))) ?? partitioned[0];
}

function draftOf(assets: readonly AssetInfo[], tags: string) {
  return { locationName: assets[0]!.location, jobName: "", assetSelection: assets.map(({ key }) => ({ path: key.path })), opSelection: [], tags: readTags(tags) };
}

function launchSome(assets: readonly AssetInfo[], tags: string, choice: PartitionChoice, runConfig: Parameters<typeof launch>[0]["runConfig"]): Promise<Launched> {
  const root = rootOf(assets);
  return launch({ ...draftOf(assets, tags), runConfig }, root && { source: { assetKey: { path: root.key.path } }, choice });
}
