import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { locations } from "@/api/clients.ts";
import type { AssetCheckDefinition, AssetCheckState } from "@/api/gen/headrace/api/types/v1/asset_pb.ts";
import type { AssetInfo } from "@/assets/info.ts";
import { keyText } from "@/model/assetKeys.ts";
import type { StateLook } from "@/model/states.ts";
import { shortId } from "@/model/runs.ts";
import { links } from "@/shell/links.ts";
import { Markdown } from "@/ui/Markdown.tsx";
import { MetadataList } from "@/ui/Metadata.tsx";
import { Empty } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { StateBadge } from "@/ui/State.tsx";
import { Chip } from "@/ui/Tags.tsx";
import { Time } from "@/ui/Time.tsx";
import styles from "./Asset.module.css";

/** The checks of an asset and their latest verdicts; those that never gave one, too. */
export function Checks({ asset }: { asset: AssetInfo }) {
  const { data: defined } = useQuery({
    queryKey: ["checks", asset.location, asset.id],
    queryFn: ({ signal }) => definedChecks(asset, signal),
    enabled: asset.location !== "",
    staleTime: 60_000,
  });
  const states = new Map(asset.record.asset?.checks.map((check) => [check.checkName, check]));
  const names = [...new Set([...states.keys(), ...(defined?.keys() ?? [])])].toSorted();
  if (names.length === 0) {
    return (
      <Panel>
        <Empty title="No checks">A function with @asset_check looks at this asset after it was made, and says whether it is as it should be.</Empty>
      </Panel>
    );
  }
  return names.map((name) => <Check key={name} name={name} state={states.get(name)} definition={defined?.get(name)} />);
}

function Check({ name, state, definition }: { name: string; state: AssetCheckState | undefined; definition: AssetCheckDefinition | undefined }) {
  const event = state?.latestEvaluation;
  const verdict = event?.detail.case === "assetCheckEvaluated" ? event.detail.value : undefined;
  return (
    <Panel
      title={
        <h2 className={styles.check}>
          {name} <StateBadge look={verdictLook(verdict)} />
          {(definition?.blocking ?? verdict?.blocking) && <Chip title="Assets below are not made when it fails">blocking</Chip>}
        </h2>
      }
      actions={
        event && (
          <span className="faint">
            <Time at={event.eventTime} />
            {event.runId && (
              <>
                {" · "}
                <Link to={links.run(event.runId)}>run {shortId(event.runId)}</Link>
              </>
            )}
          </span>
        )
      }
    >
      {definition?.description && <Markdown text={definition.description} />}
      {verdict?.description && <Markdown text={verdict.description} />}
      {verdict && verdict.metadata.length > 0 && <MetadataList entries={verdict.metadata} />}
      {!verdict && <p className="faint">It has not given a verdict yet.</p>}
    </Panel>
  );
}

function verdictLook(verdict: { passed: boolean; warning: boolean } | undefined): StateLook {
  if (!verdict) return { tone: "neutral", label: "Not evaluated" };
  if (verdict.passed) return { tone: "succeeded", label: "Passed" };
  return verdict.warning ? { tone: "warning", label: "Warning" } : { tone: "failed", label: "Failed" };
}

async function definedChecks(asset: AssetInfo, signal: AbortSignal): Promise<Map<string, AssetCheckDefinition>> {
  const found = new Map<string, AssetCheckDefinition>();
  for await (const { part } of locations.getDefinitions({ locationName: asset.location }, { signal })) {
    if (part?.part.case !== "batch") continue;
    for (const { kind } of part.part.value.definitions) {
      if (kind.case === "assetCheck" && keyText(kind.value.assetKey) === asset.id) found.set(kind.value.name, kind.value);
    }
  }
  return found;
}
