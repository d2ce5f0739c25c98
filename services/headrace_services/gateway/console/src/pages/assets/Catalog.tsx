import { useMemo } from "react";
import { Link } from "react-router";

import { assetLook, type AssetInfo } from "@/assets/info.ts";
import { ChecksSummary } from "@/assets/ChecksSummary.tsx";
import { firstLine } from "@/model/text.ts";
import { links } from "@/shell/links.ts";
import { StateBadge } from "@/ui/State.tsx";
import { Table, type Column } from "@/ui/Table.tsx";
import { Chip } from "@/ui/Tags.tsx";
import { Time } from "@/ui/Time.tsx";
import styles from "./Assets.module.css";

interface CatalogProps {
  assets: readonly AssetInfo[];
  ticked: ReadonlySet<string>;
  onTick(ids: ReadonlySet<string>): void;
  onGroup(group: string): void;
}

/** Assets as a table. */
export function Catalog({ assets, ticked, onTick, onGroup }: CatalogProps) {
  const columns = useMemo(() => columnsWith(onGroup), [onGroup]);
  return <Table label="Assets" columns={columns} rows={assets as AssetInfo[]} rowKey={(asset) => asset.id} selection={{ keys: ticked, onChange: onTick }} />;
}

function columnsWith(onGroup: (group: string) => void): Column<AssetInfo>[] {
  return [
    { id: "asset", header: "Asset", cell: (asset) => <Name asset={asset} /> },
    {
      id: "group",
      header: "Group",
      width: "12%",
      from: "medium",
      cell: (asset) =>
        asset.group && (
          <button type="button" className={styles.group} onClick={() => onGroup(asset.group)} title={`Only the group ${asset.group}`}>
            {asset.group}
          </button>
        ),
    },
    { id: "kinds", header: "Kinds", width: "12%", from: "wide", cell: (asset) => <span className={styles.chips}>{asset.kinds.map((kind) => <Chip key={kind}>{kind}</Chip>)}</span> },
    { id: "status", header: "Status", width: "212px", cell: (asset) => <Status asset={asset} /> },
    { id: "checks", header: "Checks", width: "108px", from: "medium", cell: (asset) => <ChecksSummary checks={asset.checks} /> },
    { id: "made", header: "Materialized", width: "116px", from: "medium", align: "end", cell: (asset) => <Time at={asset.record.asset?.latestMaterialization?.eventTime} /> },
  ];
}

function Name({ asset }: { asset: AssetInfo }) {
  const description = firstLine(asset.definition?.description ?? "");
  return (
    <span className={styles.name}>
      <Link to={links.asset(asset.key)}>{asset.id}</Link>
      {description && <span title={description}>{description}</span>}
    </span>
  );
}

function Status({ asset }: { asset: AssetInfo }) {
  return (
    <span className={styles.chips}>
      <StateBadge look={assetLook(asset)} />
      {asset.stale && (
        <span title={asset.stale}>
          <StateBadge look={{ tone: "warning", label: "Stale" }} />
        </span>
      )}
    </span>
  );
}
