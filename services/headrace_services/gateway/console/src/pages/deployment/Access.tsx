import { Link } from "react-router";

import { access } from "@/api/clients.ts";
import type { AuditEntry } from "@/api/gen/headrace/api/types/v1/audit_entry_pb.ts";
import { usePaged } from "@/api/pages.ts";
import { roleName } from "@/session/roles.ts";
import { useCaller } from "@/session/useCaller.ts";
import { links } from "@/shell/links.ts";
import { Empty, Failed, Loading } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { StateBadge } from "@/ui/State.tsx";
import { Table, type Column } from "@/ui/Table.tsx";
import { Time } from "@/ui/Time.tsx";
import styles from "./Deployment.module.css";

const COLUMNS: Column<AuditEntry>[] = [
  { id: "time", header: "When", width: "110px", cell: (each) => <Time at={each.callTime} /> },
  { id: "caller", header: "Caller", width: "150px", cell: (each) => each.callerName || <span className="faint">without a name</span> },
  { id: "role", header: "Role", width: "90px", from: "wide", cell: (each) => roleName(each.role) },
  { id: "call", header: "Call", width: "190px", cell: (each) => each.method.split("/").pop() },
  { id: "about", header: "About", from: "medium", cell: (each) => <Subjects entry={each} /> },
  { id: "answer", header: "Answer", width: "170px", cell: (each) => <StateBadge look={{ tone: each.code === "OK" ? "succeeded" : "warning", label: said(each.code) }} /> },
];

/** Who we are, and who changed what. */
export function Access() {
  const { data: caller } = useCaller();
  const { items, query, more, readMore } = usePaged(["audit"], async (pageToken, signal) => {
    const page = await access.listAuditEntries({ pageSize: 100, pageToken }, { signal });
    return { items: page.entries, nextPageToken: page.nextPageToken };
  });
  return (
    <>
      {caller && (
        <p>
          You are {caller.name ? <strong>{caller.name}</strong> : "here without a name"}, with the role <strong>{roleName(caller.role)}</strong>
          {caller.locationNames.length > 0 && <> in {caller.locationNames.join(", ")}</>}.
        </p>
      )}
      {query.error && items.length === 0 ? (
        <Failed error={query.error} what="read who changed what" onRetry={() => void query.refetch()} />
      ) : (
        <Panel flush>
          {query.isPending && <Loading />}
          {query.isSuccess && items.length === 0 && <Empty title="Nothing was changed">Calls that change something, or were refused, appear here.</Empty>}
          {items.length > 0 && <Table label="Who changed what" columns={COLUMNS} rows={items} rowKey={(each) => each.entryId} more={more} onMore={readMore} />}
        </Panel>
      )}
    </>
  );
}

function Subjects({ entry }: { entry: AuditEntry }) {
  return entry.subjects.map(({ key, value }) => (
    <span key={key} className={styles.subject}>
      <span className="faint">{key.replaceAll("_", " ")}</span> {key === "run_id" ? <Link to={links.run(value)}>{value}</Link> : value}
    </span>
  ));
}

/** Says `PERMISSION_DENIED` as people do. */
function said(code: string): string {
  const words = code.toLowerCase().replaceAll("_", " ");
  return code === "OK" ? code : words.charAt(0).toUpperCase() + words.slice(1);
}
