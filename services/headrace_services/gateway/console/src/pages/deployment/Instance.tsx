import { useQuery } from "@tanstack/react-query";

import { deployment } from "@/api/clients.ts";
import { InstanceVerdict, type InstanceEntry } from "@/api/gen/headrace/api/gateway/v1/deployment_service_pb.ts";
import type { StateLook } from "@/model/states.ts";
import { Code } from "@/ui/Code.tsx";
import { Empty, Failed, Loading } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { StateBadge } from "@/ui/State.tsx";
import { Table, type Column } from "@/ui/Table.tsx";

const LOOKS: Record<InstanceVerdict, StateLook> = {
  [InstanceVerdict.UNSPECIFIED]: { tone: "neutral", label: "Unknown" },
  [InstanceVerdict.USED]: { tone: "succeeded", label: "Used" },
  [InstanceVerdict.IGNORED]: { tone: "neutral", label: "Ignored" },
  [InstanceVerdict.NOT_AVAILABLE]: { tone: "warning", label: "Not available" },
  [InstanceVerdict.MISSING]: { tone: "failed", label: "Missing" },
};

const COLUMNS: Column<InstanceEntry>[] = [
  { id: "key", header: "Entry", width: "34%", cell: (entry) => <code>{entry.key}</code> },
  { id: "verdict", header: "Comes to", width: "130px", cell: (entry) => <StateBadge look={LOOKS[entry.verdict] ?? LOOKS[InstanceVerdict.UNSPECIFIED]} /> },
  { id: "text", header: "What it means", cell: (entry) => entry.text },
];

/** The instance file, its secrets hidden, and what its entries come to. */
export function Instance() {
  const { data, error, refetch } = useQuery({ queryKey: ["instance"], queryFn: ({ signal }) => deployment.getInstance({}, { signal }) });
  if (error && !data) return <Failed error={error} what="read the instance file" onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <>
      <Panel title={`Headrace ${data.version}`}>
        {data.filePath ? (
          <p>
            Configured by <code>{data.filePath}</code>, as this gateway has read it.
          </p>
        ) : (
          <p>There is no instance file: everything is a default.</p>
        )}
      </Panel>
      {data.entries.length > 0 && (
        <Panel title="What its entries come to" flush>
          <Table label="Entries of the instance file" columns={COLUMNS} rows={data.entries} rowKey={(entry) => `${entry.key} ${entry.verdict}`} />
        </Panel>
      )}
      {data.filePath && <Panel title="The file, without its secrets">{data.fileText ? <Code text={data.fileText} label="Instance file" /> : <Empty title="The file is empty" />}</Panel>}
    </>
  );
}
