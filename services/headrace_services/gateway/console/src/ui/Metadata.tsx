import type { MetadataEntry } from "@/api/gen/headrace/api/types/v1/metadata_pb.ts";
import styles from "./Metadata.module.css";
import { MetadataValue } from "./MetadataValue.tsx";

/** Metadata as names and values, each shown as what it is. */
export function MetadataList({ entries }: { entries: readonly MetadataEntry[] }) {
  return (
    <dl className={styles.list}>
      {entries.map((entry) => (
        <div key={entry.name} data-block={BLOCKS.has(entry.value.case ?? "") || undefined}>
          <dt>{entry.name}</dt>
          <dd>
            <MetadataValue entry={entry} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

// What needs the whole width.
const BLOCKS = new Set(["markdown", "table", "tableSchema", "columnLineage", "json"]);
