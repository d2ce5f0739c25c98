import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link } from "react-router";

import { assets as client } from "@/api/clients.ts";
import { readAll } from "@/api/pages.ts";
import type { AssetInfo } from "@/assets/info.ts";
import type { Assets } from "@/assets/useAssets.ts";
import { keysIn, messageRanges } from "@/launch/partitions/keys.ts";
import { readKeys } from "@/launch/partitions/source.ts";
import { count, formatNumber } from "@/model/numbers.ts";
import { shortId } from "@/model/runs.ts";
import { links } from "@/shell/links.ts";
import { MetadataList } from "@/ui/Metadata.tsx";
import { Failed, Loading } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { Time } from "@/ui/Time.tsx";
import styles from "./Asset.module.css";
import { cellsOf, type Cell, type PartitionLook } from "./strip.ts";

const MOST_KEYS = 100_000;
const MOST_CELLS = 420;
const WORDS: Record<PartitionLook, string> = { missing: "missing", materialized: "materialized", stale: "stale", in_progress: "in progress", failed: "failed" };
const SENTENCES: Record<PartitionLook, string> = { missing: "was never made", materialized: "is there", stale: "is there, but something that it is made from was made since", in_progress: "is being made", failed: "failed" };

/** Which partitions there are, as a strip of heat, and what is known of each. */
export function Partitions({ asset, world }: { asset: AssetInfo; world: Assets }) {
  const above = asset.upstream.flatMap((id) => world.assets.get(id) ?? []);
  const assetKey = { path: asset.key.path };
  const keys = useQuery({
    queryKey: ["partition keys", asset.id, "all"],
    queryFn: ({ signal }) =>
      readAll(async (pageToken) => {
        const page = await readKeys({ assetKey }, { pageSize: 10_000, pageToken }, signal);
        return { items: page.partitionKeys, nextPageToken: page.nextPageToken };
      }, MOST_KEYS),
  });
  const stamp = [asset, ...above].map((each) => `${each.record.asset?.latestMaterializationNumber ?? 0n} ${each.attempts.length}`).join(" ");
  const states = useQuery({ queryKey: ["partitions", asset.id, stamp], queryFn: ({ signal }) => client.getAssetPartitions({ assetKey, tellStale: true }, { signal }), placeholderData: (before) => before });
  const looks = useMemo(() => {
    const all = keys.data ?? [];
    const { inProgress, failed, stale, materialized } = states.data ?? {};
    // Of what holds for a partition the first is shown.
    const known = ([["in_progress", inProgress], ["failed", failed], ["stale", stale], ["materialized", materialized]] as const).map(([look, ranges]) => ({ look, keys: keysIn(all, messageRanges(ranges)) }));
    return all.map((key): PartitionLook => known.find(({ keys: some }) => some.has(key))?.look ?? "missing");
  }, [keys.data, states.data]);
  const [chosen, setChosen] = useState<Cell>();
  if (keys.error ?? states.error) return <Failed error={keys.error ?? states.error} what="read the partitions" />;
  if (!keys.data || !states.data) return <Loading rows={3} />;
  const total = Number(states.data.partitionCount);
  const summary: [PartitionLook, number][] = [
    ["materialized", Number(states.data.materialized?.partitionCount ?? 0n)],
    ["stale", Number(states.data.stale?.partitionCount ?? 0n)],
    ["in_progress", Number(states.data.inProgress?.partitionCount ?? 0n)],
    ["failed", Number(states.data.failed?.partitionCount ?? 0n)],
    ["missing", looks.filter((look) => look === "missing").length],
  ];
  return (
    <>
      <Panel title={count(total, "partition")} actions={<Legend summary={summary} />}>
        <Strip cells={cellsOf(looks, MOST_CELLS)} keys={keys.data} chosen={chosen} onChoose={setChosen} />
        {keys.data.length < total && <p className="faint">The first {formatNumber(keys.data.length)} are shown.</p>}
      </Panel>
      {chosen && <CellDetail asset={asset} keys={keys.data.slice(chosen.first, chosen.last + 1)} looks={looks.slice(chosen.first, chosen.last + 1)} />}
    </>
  );
}

function Legend({ summary }: { summary: [PartitionLook, number][] }) {
  return (
    <ul className={styles.legend}>
      {summary.map(([look, number]) => (
        <li key={look}>
          <i data-look={look} aria-hidden />
          {formatNumber(number)} {WORDS[look]}
        </li>
      ))}
    </ul>
  );
}

function Strip({ cells, keys, chosen, onChoose }: { cells: Cell[]; keys: readonly string[]; chosen: Cell | undefined; onChoose(cell: Cell): void }) {
  return (
    <>
      <div className={styles.strip} role="group" aria-label="Partitions">
        {cells.map((cell) => (
          <button
            key={cell.first}
            type="button"
            data-look={cell.look}
            data-some={cell.look === "missing" && cell.made > 0 ? true : undefined}
            aria-pressed={chosen?.first === cell.first}
            aria-label={cellText(cell, keys)}
            title={cellText(cell, keys)}
            onClick={() => onChoose(cell)}
          />
        ))}
      </div>
      <div className={styles.ends}>
        <span>{keys[0]}</span>
        <span>{keys.at(-1)}</span>
      </div>
    </>
  );
}

function cellText({ first, last, look, made }: Cell, keys: readonly string[]): string {
  if (first === last) return `${keys[first]}: ${WORDS[look]}`;
  return `${keys[first]} to ${keys[last]}: ${made} of ${last - first + 1} materialized${look === "materialized" || look === "missing" ? "" : `, some ${WORDS[look]}`}`;
}

function CellDetail({ asset, keys, looks }: { asset: AssetInfo; keys: readonly string[]; looks: readonly PartitionLook[] }) {
  const [picked, setPicked] = useState<string>();
  const key = keys.find((each) => each === picked) ?? keys[0]!;
  return (
    <Panel title={keys.length === 1 ? key : `${keys[0]} to ${keys.at(-1)}`}>
      {keys.length > 1 && (
        <ul className={styles.keys}>
          {keys.map((each, index) => (
            <li key={each}>
              <button type="button" aria-pressed={each === key} onClick={() => setPicked(each)}>
                <i data-look={looks[index]} aria-hidden />
                {each}
              </button>
            </li>
          ))}
        </ul>
      )}
      <PartitionDetail asset={asset} partitionKey={key} look={looks[keys.indexOf(key)]!} />
    </Panel>
  );
}

function PartitionDetail({ asset, partitionKey, look }: { asset: AssetInfo; partitionKey: string; look: PartitionLook }) {
  const { data, error } = useQuery({
    queryKey: ["materializations", asset.id, partitionKey, String(asset.record.asset?.latestMaterializationNumber)],
    queryFn: async ({ signal }) => (await client.listMaterializations({ assetKey: { path: asset.key.path }, partitionKey, pageSize: 1 }, { signal })).events,
  });
  if (error) return <Failed error={error} what="read the partition" />;
  const event = data?.[0];
  const attempt = asset.attempts.findLast(({ partitions }) => partitions && partitions.firstKey <= partitionKey && partitionKey <= partitions.lastKey);
  if (!event) {
    return (
      <p className={styles.said}>
        {partitionKey} {SENTENCES[look]}
        {attempt && (
          <>
            : <Link to={links.run(attempt.runId)}>run {shortId(attempt.runId)}</Link>
          </>
        )}
        .
      </p>
    );
  }
  const metadata = event.detail.case === "assetMaterialized" ? event.detail.value.metadata : [];
  return (
    <>
      <p className={styles.said}>
        {partitionKey} {SENTENCES[look]}; it was last made <Time at={event.eventTime} />
        {event.runId && (
          <>
            {" "}
            by <Link to={links.run(event.runId)}>run {shortId(event.runId)}</Link>
          </>
        )}
        .
      </p>
      {metadata.length > 0 && <MetadataList entries={metadata} />}
    </>
  );
}
