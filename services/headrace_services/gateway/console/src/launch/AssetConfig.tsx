import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { jobs } from "@/api/clients.ts";
import type { ConfigType } from "@/api/gen/headrace/api/types/v1/config_schema_pb.ts";
import type { AssetInfo } from "@/assets/info.ts";
import { IMPLICIT_ASSET_JOB } from "@/model/runs.ts";
import { Button } from "@/ui/Button.tsx";
import { schemaForOps } from "./config/forAssets.ts";
import { ConfigEditor } from "./config/ConfigEditor.tsx";
import type { Mark } from "./config/document.ts";
import { mustBeGiven, scaffold } from "./config/schema.ts";

/** Returns what a run that makes these assets, all of one location, may be told; undefined while that is not known. */
export function useAssetSchema(assets: readonly AssetInfo[], enabled: boolean): ConfigType | undefined {
  const locationName = assets[0]!.location;
  const { data } = useQuery({
    queryKey: ["job", locationName, IMPLICIT_ASSET_JOB],
    queryFn: ({ signal }) => jobs.getJob({ locationName, jobName: IMPLICIT_ASSET_JOB }, { signal }),
    enabled,
  });
  return useMemo(() => schemaForOps(data?.job?.definition?.configSchema, new Set(assets.map((asset) => asset.definition?.opName ?? ""))), [data, assets]);
}

/** Configuration of a run that makes assets. */
export function AssetConfig({ text, onChange, schema, marks }: { text: string; onChange(text: string): void; schema: ConfigType | undefined; marks: readonly Mark[] }) {
  return (
    <>
      <ConfigEditor label="Run configuration" text={text} onChange={onChange} schema={schema} marks={marks} />
      {mustBeGiven(schema) && text.trim() === "" && (
        <Button small onClick={() => onChange(scaffold(schema))}>
          Fill in what must be given
        </Button>
      )}
    </>
  );
}
