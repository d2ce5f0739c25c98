import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useState } from "react";
import { useParams, useSearchParams } from "react-router";

import { assets as client } from "@/api/clients.ts";
import { isNotFound } from "@/api/errors.ts";
import { useAssetEvents, useThrottled } from "@/api/live.ts";
import { assetInfos, assetLook, type AssetInfo } from "@/assets/info.ts";
import { LocationsDown } from "@/locations/LocationsDown.tsx";
import { useAssets } from "@/assets/useAssets.ts";
import { MaterializeDialog } from "@/launch/MaterializeDialog.tsx";
import { links } from "@/shell/links.ts";
import { Button, ButtonLink } from "@/ui/Button.tsx";
import { Empty, Failed, Loading } from "@/ui/Notice.tsx";
import { Page, Panel } from "@/ui/Page.tsx";
import { StateBadge } from "@/ui/State.tsx";
import { PageTabs } from "@/ui/PageTabs.tsx";
import { Chip } from "@/ui/Tags.tsx";
import styles from "./Asset.module.css";
import { Automation } from "./Automation.tsx";
import { Checks } from "./Checks.tsx";
import { History } from "./History.tsx";
import { Lineage } from "./Lineage.tsx";
import { Overview } from "./Overview.tsx";
import { Partitions } from "./Partitions.tsx";

/** One asset: what it is, what is in it now, and all that happened to it. */
export function Component() {
  const path = (useParams()["*"] ?? "").split("/").filter(Boolean);
  return <AssetPage key={path.join("/")} path={path} />;
}

function AssetPage({ path }: { path: string[] }) {
  const queries = useQueryClient();
  const id = path.join("/");
  const queryKey = ["asset", id];
  const query = useQuery({ queryKey, queryFn: async ({ signal }) => (await client.getAsset({ assetKey: { path } }, { signal })).asset! });
  const refresh = useThrottled(() => queries.invalidateQueries({ queryKey }), 300);
  useAssetEvents(refresh);
  const world = useAssets();
  const crumbs = [{ label: "Assets", to: links.assets() }];
  if (query.error && !query.data) {
    return (
      <Page title={id} crumbs={crumbs}>
        {isNotFound(query.error) ? (
          <Panel>
            <Empty title="There is no such asset" actions={<ButtonLink to={links.assets()}>All assets</ButtonLink>}>
              No location defines <code>{id}</code>, and nothing was ever recorded of it.
            </Empty>
          </Panel>
        ) : (
          <Failed error={query.error} what="read the asset" onRetry={() => void query.refetch()} />
        )}
      </Page>
    );
  }
  // Alone it cannot be told whether it is stale: that takes the assets around.
  const asset = world.assets.get(id) ?? (query.data && assetInfos([query.data], []).get(id));
  if (!asset) {
    return (
      <Page title={id} crumbs={crumbs}>
        <Loading />
      </Page>
    );
  }
  return <AssetView asset={asset} world={world} />;
}

const LABELS = { overview: "Overview", partitions: "Partitions", checks: "Checks", events: "Events", lineage: "Lineage", automation: "Automation" };
type TabId = keyof typeof LABELS;

function AssetView({ asset, world }: { asset: AssetInfo; world: ReturnType<typeof useAssets> }) {
  const [params] = useSearchParams();
  const [toMake, setToMake] = useState<AssetInfo[]>();
  const ids = (Object.keys(LABELS) as TabId[]).filter((id) => id !== "partitions" || asset.partitioned);
  const tab = ids.find((id) => id === params.get("tab")) ?? "overview";
  return (
    <Page
      title={asset.id}
      crumbs={[{ label: "Assets", to: links.assets() }, ...(asset.group ? [{ label: asset.group, to: links.assets({ q: `group:"${asset.group}"`, view: "graph" }) }] : [])]}
      badge={
        <>
          <StateBadge look={assetLook(asset)} />
          {asset.stale && <StateBadge look={{ tone: "warning", label: `Stale: ${asset.stale}` }} />}
          {asset.status !== "failed" && asset.attempts.some((attempt) => attempt.failed) && <StateBadge look={{ tone: "failed", label: "Partitions failed" }} />}
          {!asset.definition && <StateBadge look={{ tone: "warning", label: "Not defined any more" }} />}
        </>
      }
      subtitle={
        <span className={styles.kinds}>
          {asset.kinds.map((kind) => (
            <Chip key={kind}>{kind}</Chip>
          ))}
          {asset.location && <span>in {asset.location}</span>}
        </span>
      }
      actions={
        asset.executable && (
          <Button kind="primary" icon={<Play size={14} aria-hidden />} onClick={() => setToMake([asset])}>
            Materialize
          </Button>
        )
      }
    >
      <LocationsDown name={asset.location} />
      <PageTabs label="About this asset" current={tab} tabs={ids.map((id) => ({ id, label: LABELS[id], to: links.asset(asset.key, id === "overview" ? {} : { tab: id }) }))} />
      {tab === "overview" && <Overview asset={asset} world={world} />}
      {tab === "partitions" && <Partitions asset={asset} world={world} />}
      {tab === "checks" && <Checks asset={asset} />}
      {tab === "events" && <History asset={asset} />}
      {tab === "lineage" && <Lineage asset={asset} world={world} />}
      {tab === "automation" && <Automation asset={asset} />}
      <MaterializeDialog assets={toMake} onClose={() => setToMake(undefined)} />
    </Page>
  );
}
