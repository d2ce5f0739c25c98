import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { assets as client } from "@/api/clients.ts";
import type { AssetEvent } from "@/api/gen/headrace/api/types/v1/asset_pb.ts";
import { useAssetEvents, useThrottled } from "@/api/live.ts";
import { usePaged } from "@/api/pages.ts";
import type { AssetInfo } from "@/assets/info.ts";
import { count } from "@/model/numbers.ts";
import type { StateLook } from "@/model/states.ts";
import { shortId } from "@/model/runs.ts";
import { links } from "@/shell/links.ts";
import { MetadataList } from "@/ui/Metadata.tsx";
import { MoreRows } from "@/ui/MoreRows.tsx";
import { Empty, Failed, Loading } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { StateBadge } from "@/ui/State.tsx";
import { Segmented } from "@/ui/Tabs.tsx";
import { Chip } from "@/ui/Tags.tsx";
import { Time } from "@/ui/Time.tsx";
import styles from "./Asset.module.css";

type Kind = "" | "asset_materialized" | "asset_observed" | "asset_check_evaluated";

const KINDS: { value: Kind; label: string }[] = [
  { value: "", label: "All" },
  { value: "asset_materialized", label: "Materializations" },
  { value: "asset_observed", label: "Observations" },
  { value: "asset_check_evaluated", label: "Checks" },
];

/** All that happened to an asset, newest first. */
export function History({ asset }: { asset: AssetInfo }) {
  const [kind, setKind] = useState<Kind>("");
  const key = ["asset events", asset.id, kind];
  const { items, query, more, readMore } = usePaged(key, async (pageToken, signal) => {
    const page = await client.listAssetEvents({ assetKey: { path: asset.key.path }, kinds: kind ? [kind] : [], pageSize: 50, pageToken }, { signal });
    return { items: page.events, nextPageToken: page.nextPageToken };
  });
  const queries = useQueryClient();
  useAssetEvents(useThrottled(() => queries.invalidateQueries({ queryKey: ["asset events", asset.id] }), 500));
  return (
    <Panel title="Events" actions={<Segmented<Kind> label="Kind of event" value={kind} onChange={setKind} options={KINDS} />} flush>
      {query.error && <Failed error={query.error} what="read the events" onRetry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {!query.isPending && items.length === 0 && !query.error && <Empty title="Nothing has happened yet" />}
      <ul className={styles.events}>
        {items.map((item) => (
          <EventRow key={String(item.number)} item={item} />
        ))}
      </ul>
      {more && <MoreRows onMore={readMore} />}
    </Panel>
  );
}

function EventRow({ item: { event } }: { item: AssetEvent }) {
  const detail = event?.detail;
  if (detail?.case !== "assetMaterialized" && detail?.case !== "assetObserved" && detail?.case !== "assetCheckEvaluated") return null;
  const { metadata, partitionKey, description } = detail.value;
  return (
    <li>
      <details>
        <summary>
          <StateBadge look={lookOf(detail)} />
          {detail.case === "assetCheckEvaluated" && <code>{detail.value.checkName}</code>}
          {partitionKey && <Chip title="Partition">{partitionKey}</Chip>}
          <span className={styles.grow}>{description}</span>
          <span className="faint">{metadata.length > 0 && count(metadata.length, "value")}</span>
          <Time at={event?.eventTime} form="moment" />
        </summary>
        <div className={styles.eventBody}>
          {event?.runId ? (
            <p>
              By <Link to={links.run(event.runId)}>run {shortId(event.runId)}</Link>
              {event.stepKey && (
                <>
                  , step <code>{event.stepKey}</code>
                </>
              )}
            </p>
          ) : (
            <p>Reported from outside of any run.</p>
          )}
          {metadata.length > 0 && <MetadataList entries={metadata} />}
        </div>
      </details>
    </li>
  );
}

type Detail = { case: "assetMaterialized" | "assetObserved"; value: object } | { case: "assetCheckEvaluated"; value: { passed: boolean; warning: boolean } };

function lookOf(detail: Detail): StateLook {
  switch (detail.case) {
    case "assetMaterialized":
      return { tone: "succeeded", label: "Materialized" };
    case "assetObserved":
      return { tone: "starting", label: "Observed" };
    default:
      if (detail.value.passed) return { tone: "succeeded", label: "Check passed" };
      return detail.value.warning ? { tone: "warning", label: "Check warns" } : { tone: "failed", label: "Check failed" };
  }
}
