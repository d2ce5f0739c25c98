import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";

import { usePaged } from "@/api/pages.ts";
import { count } from "@/model/numbers.ts";
import { Checkbox, SearchField } from "@/ui/Field.tsx";
import { Failed, Loading } from "@/ui/Notice.tsx";
import { Segmented } from "@/ui/Tabs.tsx";
import styles from "./PartitionPicker.module.css";
import { partitionCount, readKeys, type PartitionChoice, type PartitionSource } from "./source.ts";

type Kind = PartitionChoice["kind"];

const LABELS: Record<Kind, string> = { latest: "Latest", keys: "Choose", range: "Range", all: "All", missing: "Missing", failed: "Failed", stale: "Stale" };

/** Chooses partitions: the latest, some, a range, all, or those that were not made, or before something above was. */
export function PartitionPicker({ source, value, onChange }: { source: PartitionSource; value: PartitionChoice; onChange(value: PartitionChoice): void }) {
  const kinds: Kind[] = ["latest", "keys", "range", "all", ...("assetKey" in source ? (["missing", "failed", "stale"] as const) : [])];
  const total = useQuery({ queryKey: ["partition count", source], queryFn: () => partitionCount(source) });
  const choose = (kind: Kind) => onChange(kind === "keys" ? { kind, keys: [] } : kind === "range" ? { kind, firstKey: "", lastKey: "" } : { kind });
  if (total.error) return <Failed error={total.error} what="read the partitions" />;
  return (
    <div className={styles.picker}>
      <div className={styles.head}>
        <Segmented label="Partitions" value={value.kind} onChange={choose} options={kinds.map((kind) => ({ value: kind, label: LABELS[kind] }))} />
        {total.data !== undefined && <span className="faint">{count(total.data, "partition")}</span>}
      </div>
      {value.kind === "keys" && <KeyList source={source} chosen={value.keys} onChange={(keys) => onChange({ kind: "keys", keys })} />}
      {value.kind === "range" && <RangeFields source={source} value={value} onChange={onChange} />}
    </div>
  );
}

function KeyList({ source, chosen, onChange }: { source: PartitionSource; chosen: readonly string[]; onChange(keys: string[]): void }) {
  const [contains, setContains] = useState("");
  const { items, query, more, readMore } = usePaged(["partition keys", source, contains], async (pageToken) => {
    const page = await readKeys(source, { contains, descending: true, pageSize: 200, pageToken });
    return { items: page.partitionKeys, nextPageToken: page.nextPageToken };
  });
  const toggle = (key: string, on: boolean) => onChange(on ? [...chosen, key] : chosen.filter((each) => each !== key));
  return (
    <>
      <div className={styles.head}>
        <SearchField label="Find a partition" value={contains} onChange={(event) => setContains(event.target.value)} />
        {chosen.length > 0 && <span className="faint">{count(chosen.length, "partition")} chosen</span>}
      </div>
      <ul className={styles.keys} aria-label="Partitions">
        {query.isPending && <Loading rows={3} />}
        {items.map((key) => (
          <li key={key}>
            <Checkbox label={key} checked={chosen.includes(key)} onChange={(event) => toggle(key, event.target.checked)} />
          </li>
        ))}
        {more && (
          <li>
            <button type="button" className={styles.more} onClick={readMore}>
              Show more
            </button>
          </li>
        )}
        {!query.isPending && items.length === 0 && <li className="faint">None contains this.</li>}
      </ul>
    </>
  );
}

function RangeFields({ source, value, onChange }: { source: PartitionSource; value: { kind: "range"; firstKey: string; lastKey: string }; onChange(value: PartitionChoice): void }) {
  const list = useId();
  const recent = useQuery({ queryKey: ["partition keys", source, "recent"], queryFn: () => readKeys(source, { descending: true, pageSize: 500 }) });
  return (
    <div className={styles.range}>
      <datalist id={list}>{recent.data?.partitionKeys.map((key) => <option key={key} value={key} />)}</datalist>
      <label>
        From
        <input list={list} value={value.firstKey} onChange={(event) => onChange({ ...value, firstKey: event.target.value })} />
      </label>
      <label>
        To
        <input list={list} value={value.lastKey} onChange={(event) => onChange({ ...value, lastKey: event.target.value })} />
      </label>
    </div>
  );
}
