import { Play } from "lucide-react";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { useSearchParams } from "react-router";

import { AssetGraph } from "@/assets/AssetGraph.tsx";
import type { AssetInfo } from "@/assets/info.ts";
import { LocationsDown } from "@/locations/LocationsDown.tsx";
import { filterAssets } from "@/assets/selection/filter.ts";
import { useAssets } from "@/assets/useAssets.ts";
import { prepareLayout } from "@/graph/layout.ts";
import { rootOf } from "@/launch/materialize.ts";
import { MaterializeDialog } from "@/launch/MaterializeDialog.tsx";
import { count, formatNumber } from "@/model/numbers.ts";
import { Button } from "@/ui/Button.tsx";
import { SearchField } from "@/ui/Field.tsx";
import { Empty, Failed, Loading, Notice } from "@/ui/Notice.tsx";
import { Page, Panel } from "@/ui/Page.tsx";
import { Segmented } from "@/ui/Tabs.tsx";
import { AssetAside } from "./AssetAside.tsx";
import styles from "./Assets.module.css";
import { Catalog } from "./Catalog.tsx";
import { SelectionHelp } from "./SelectionHelp.tsx";

type View = "catalog" | "graph";

/** What is about to be materialized, and which of its partitions to begin with. */
interface ToMake {
  assets: readonly AssetInfo[];
  partitions?: "latest" | "stale";
}

/** All assets: a catalog to search in, and the graph of what is made from what. */
export function Component() {
  const world = useAssets();
  const [params, setParams] = useSearchParams();
  const view: View = params.get("view") === "graph" ? "graph" : "catalog";
  const query = params.get("q") ?? "";
  useEffect(() => {
    if (view === "graph") prepareLayout();
  }, [view]);
  const found = useFound(useDeferredValue(query), world);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [toMake, setToMake] = useState<ToMake>();
  const set = (name: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  const chosen = found.assets.filter((asset) => ticked.has(asset.id));
  const stale = found.assets.filter((asset) => asset.stale !== undefined || (asset.status === "missing" && asset.executable));
  const focused = world.assets.get(params.get("asset") ?? "");
  return (
    <Page
      title="Assets"
      subtitle={world.loading ? undefined : query ? `${count(found.assets.length, "asset")} of ${formatNumber(world.assets.size)}` : count(world.assets.size, "asset")}
      actions={
        <>
          {chosen.length > 0 && (
            <>
              <Button kind="quiet" onClick={() => setTicked(new Set())}>
                Clear selection
              </Button>
              <Button kind="primary" icon={<Play size={14} aria-hidden />} onClick={() => setToMake({ assets: chosen })}>
                Materialize {formatNumber(chosen.length)} selected
              </Button>
            </>
          )}
          {stale.length > 0 && <Button onClick={() => setToMake({ assets: stale, partitions: rootOf(stale)?.stale === undefined ? "latest" : "stale" })}>Materialize {formatNumber(stale.length)} stale or missing</Button>}
          <Button kind={chosen.length > 0 ? "plain" : "primary"} disabled={found.assets.length === 0} onClick={() => setToMake({ assets: found.assets })}>
            Materialize all
          </Button>
        </>
      }
    >
      <LocationsDown />
      <div className={styles.bar}>
        <SearchField className={styles.search} label="Search, or select: group:sales and +orders" value={query} onChange={(event) => set("q", event.target.value)} aria-invalid={found.problem !== undefined} />
        <SelectionHelp onUse={(text) => set("q", text)} />
        <Segmented label="View" value={view} onChange={(next) => set("view", next === "graph" ? "graph" : "")} options={VIEWS} />
      </div>
      {found.problem && <Notice tone="warning" title={found.problem} />}
      {world.error ? (
        <Failed error={world.error} what="read the assets" onRetry={world.retry} />
      ) : world.loading ? (
        <Panel>
          <Loading />
        </Panel>
      ) : found.assets.length === 0 ? (
        <Panel>
          <Empty title={world.assets.size === 0 ? "No location defines assets" : "Nothing matches"}>
            {world.assets.size === 0 ? "Functions with @asset appear here as soon as a location with them has loaded." : !found.problem && "Try fewer words, or another selection."}
          </Empty>
        </Panel>
      ) : view === "graph" ? (
        <div className={styles.split} data-open={focused !== undefined}>
          <AssetGraph
            assets={found.assets}
            label="Asset graph"
            grouped
            selected={params.get("asset") ?? undefined}
            onSelect={(id) => set("asset", id ?? "")}
            ticked={ticked}
            onTick={setTicked}
            height="calc(100dvh - 230px)"
          />
          {focused && <AssetAside asset={focused} onMaterialize={() => setToMake({ assets: [focused] })} onClose={() => set("asset", "")} />}
        </div>
      ) : (
        <Panel flush>
          <Catalog assets={found.assets} ticked={ticked} onTick={setTicked} onGroup={(group) => set("q", `group:"${group}"`)} />
        </Panel>
      )}
      <MaterializeDialog assets={toMake?.assets} partitions={toMake?.partitions} onClose={() => setToMake(undefined)} />
    </Page>
  );
}

const VIEWS: { value: View; label: string }[] = [
  { value: "catalog", label: "Catalog" },
  { value: "graph", label: "Graph" },
];

function useFound(query: string, { assets, children }: ReturnType<typeof useAssets>) {
  return useMemo(() => {
    const { ids, problem } = filterAssets(query, { assets, children });
    return { assets: [...assets.values()].filter((asset) => ids.has(asset.id)), problem };
  }, [query, assets, children]);
}
