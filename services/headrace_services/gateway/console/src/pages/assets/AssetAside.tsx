import { Play, X } from "lucide-react";
import { Link } from "react-router";

import { ChecksSummary } from "@/assets/ChecksSummary.tsx";
import { assetLook, type AssetInfo } from "@/assets/info.ts";
import { links } from "@/shell/links.ts";
import { Button } from "@/ui/Button.tsx";
import { Markdown } from "@/ui/Markdown.tsx";
import { StateBadge } from "@/ui/State.tsx";
import { Chip } from "@/ui/Tags.tsx";
import { Time } from "@/ui/Time.tsx";
import styles from "./Assets.module.css";

/** An asset of the graph in a few words, with the way to the rest. */
export function AssetAside({ asset, onMaterialize, onClose }: { asset: AssetInfo; onMaterialize(): void; onClose(): void }) {
  const made = asset.record.asset?.latestMaterialization;
  return (
    <aside className={styles.aside} aria-label={asset.id}>
      <div className={styles.asideHead}>
        <h2>
          <Link to={links.asset(asset.key)}>{asset.id}</Link>
        </h2>
        <Button kind="quiet" small aria-label="Close" onClick={onClose}>
          <X size={15} aria-hidden />
        </Button>
      </div>
      <div className={styles.chips}>
        <StateBadge look={assetLook(asset)} />
        {asset.group && <Chip title="Group">{asset.group}</Chip>}
        {asset.kinds.map((kind) => (
          <Chip key={kind}>{kind}</Chip>
        ))}
      </div>
      {asset.stale && <p className={styles.stale}>Stale: {asset.stale}.</p>}
      {asset.definition?.description && <Markdown text={asset.definition.description} />}
      {asset.executable && (
        <Button kind="primary" icon={<Play size={14} aria-hidden />} onClick={onMaterialize}>
          Materialize
        </Button>
      )}
      <dl className={styles.facts}>
        <dt>Materialized</dt>
        <dd>{made ? <>{made.runId ? <Link to={links.run(made.runId)}><Time at={made.eventTime} /></Link> : <Time at={made.eventTime} />}</> : "never"}</dd>
        <dt>Checks</dt>
        <dd>
          <ChecksSummary checks={asset.checks} />
        </dd>
        <dt>Location</dt>
        <dd>{asset.location || "none any more"}</dd>
      </dl>
    </aside>
  );
}
