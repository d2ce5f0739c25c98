import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { assets as client } from "@/api/clients.ts";
import type { Event } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import type { AssetInfo } from "@/assets/info.ts";
import type { Assets } from "@/assets/useAssets.ts";
import { count } from "@/model/numbers.ts";
import { shortId } from "@/model/runs.ts";
import { links } from "@/shell/links.ts";
import { Markdown } from "@/ui/Markdown.tsx";
import { MetadataList } from "@/ui/Metadata.tsx";
import { Empty } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { Tags } from "@/ui/Tags.tsx";
import { Time } from "@/ui/Time.tsx";
import styles from "./Asset.module.css";
import { Plot } from "./Plot.tsx";
import { seriesOf } from "./series.ts";

const SHOWN = 100;

/** What the asset is, what is in it now, and its numbers over time. */
export function Overview({ asset, world }: { asset: AssetInfo; world: Assets }) {
  const made = asset.record.asset;
  return (
    <div className={styles.columns}>
      <div className={styles.column}>
        {asset.definition?.description && (
          <Panel title="Description">
            <Markdown text={asset.definition.description} />
          </Panel>
        )}
        <Latest event={made?.latestMaterialization} total={Number(made?.materializationCount ?? 0n)} />
        <Plots asset={asset} />
      </div>
      <div className={styles.column}>
        <Definition asset={asset} />
        <Neighbours title="Made from" ids={asset.upstream} world={world} />
        <Neighbours title="Used by" ids={world.children.get(asset.id) ?? []} world={world} />
      </div>
    </div>
  );
}

function Latest({ event, total }: { event: Event | undefined; total: number }) {
  const detail = event?.detail.case === "assetMaterialized" ? event.detail.value : undefined;
  if (!event || !detail) {
    return (
      <Panel title="Latest materialization">
        <Empty title="Never materialized">What a run attaches when it makes this asset is shown here.</Empty>
      </Panel>
    );
  }
  return (
    <Panel
      title="Latest materialization"
      actions={
        <span className="faint">
          <Time at={event.eventTime} />
          {detail.partitionKey && <> · partition {detail.partitionKey}</>}
          {event.runId && (
            <>
              {" · "}
              <Link to={links.run(event.runId)}>run {shortId(event.runId)}</Link>
            </>
          )}
          {total > 1 && <> · {count(total, "materialization")}</>}
        </span>
      }
    >
      {detail.description && <p className={styles.note}>{detail.description}</p>}
      {detail.metadata.length > 0 ? <MetadataList entries={detail.metadata} /> : <p className="faint">Nothing was attached.</p>}
    </Panel>
  );
}

function Plots({ asset }: { asset: AssetInfo }) {
  const number = asset.record.asset?.latestMaterializationNumber ?? 0n;
  const { data } = useQuery({
    queryKey: ["materializations", asset.id, String(number)],
    queryFn: async ({ signal }) => (await client.listMaterializations({ assetKey: { path: asset.key.path }, pageSize: SHOWN }, { signal })).events,
    enabled: number > 0n,
    placeholderData: (before) => before,
  });
  const series = seriesOf(data ?? []);
  if (series.length === 0) return null;
  return (
    <Panel title="Over time">
      <div className={styles.plots}>
        {series.map((each) => (
          <Plot key={each.name} series={each} />
        ))}
      </div>
    </Panel>
  );
}

function Definition({ asset }: { asset: AssetInfo }) {
  const { definition } = asset;
  if (!definition) return null;
  return (
    <Panel title="Definition">
      <dl className={styles.facts}>
        <dt>Group</dt>
        <dd>
          <Link to={links.assets({ q: `group:"${asset.group}"`, view: "graph" })}>{asset.group}</Link>
        </dd>
        <dt>Location</dt>
        <dd>
          <Link to={links.deployment({ location: asset.location })}>{asset.location}</Link>
        </dd>
        {definition.opName && (
          <>
            <dt>Made by</dt>
            <dd>
              <code>{definition.opName}</code>
            </dd>
          </>
        )}
        {definition.owners.length > 0 && (
          <>
            <dt>Owners</dt>
            <dd>{definition.owners.join(", ")}</dd>
          </>
        )}
        {definition.codeVersion && (
          <>
            <dt>Code version</dt>
            <dd>{definition.codeVersion}</dd>
          </>
        )}
        {definition.tags.some((tag) => !tag.key.startsWith("headrace/kind/")) && (
          <>
            <dt>Tags</dt>
            <dd>
              <Tags tags={definition.tags} />
            </dd>
          </>
        )}
      </dl>
      {definition.metadata.length > 0 && <MetadataList entries={definition.metadata} />}
    </Panel>
  );
}

function Neighbours({ title, ids, world }: { title: string; ids: readonly string[]; world: Assets }) {
  if (ids.length === 0) return null;
  return (
    <Panel title={title}>
      <ul className={styles.neighbours}>
        {ids.slice(0, 50).map((id) => (
          <li key={id}>
            <Link to={links.asset({ path: world.assets.get(id)?.key.path ?? id.split("/") })}>{id}</Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
