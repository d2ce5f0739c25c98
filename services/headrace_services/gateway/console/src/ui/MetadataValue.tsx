import { Link } from "react-router";

import type { MetadataEntry } from "@/api/gen/headrace/api/types/v1/metadata_pb.ts";
import { keyText } from "@/model/assetKeys.ts";
import { formatFull, formatMoment } from "@/model/moments.ts";
import { formatNumber } from "@/model/numbers.ts";
import { millis } from "@/model/time.ts";
import { links } from "@/shell/links.ts";
import { Chip } from "./Tags.tsx";
import { CopyButton } from "./CopyButton.tsx";
import { Code } from "./Code.tsx";
import { Markdown } from "./Markdown.tsx";
import { ColumnLineage, MetadataTable, TableColumns } from "./MetadataTables.tsx";
import { prettyPayload } from "@/model/payload.ts";
import styles from "./Metadata.module.css";

/** One value of metadata. A kind that this console does not know is told by its name alone. */
export function MetadataValue({ entry }: { entry: MetadataEntry }) {
  const { value } = entry;
  switch (value.case) {
    case "text":
      return <span className={styles.text}>{value.value}</span>;
    case "url":
      return <Address url={value.value} />;
    case "path":
    case "notebook":
      return <Path text={value.value} />;
    case "json":
      return <Code text={prettyPayload(value.value)} label={`${entry.name} as JSON`} />;
    case "markdown":
      return <Markdown text={value.value} />;
    case "intValue":
      return <span className="numbers">{formatNumber(value.value)}</span>;
    case "floatValue":
      return <span className="numbers">{String(value.value)}</span>;
    case "boolValue":
      return <code>{String(value.value)}</code>;
    case "timestamp":
      return <time title={formatFull(millis(value.value))}>{formatMoment(millis(value.value))}</time>;
    case "table":
      return <MetadataTable table={value.value} />;
    case "tableSchema":
      return <TableColumns columns={value.value.columns} constraints={value.value.constraints} />;
    case "columnLineage":
      return <ColumnLineage lineage={value.value} />;
    case "asset":
      return <Link to={links.asset(value.value)}>{keyText(value.value)}</Link>;
    case "runId":
      return <Link to={links.run(value.value)}>{value.value}</Link>;
    case "job":
      return <Link to={links.job(value.value.locationName, value.value.jobName)}>{value.value.jobName}</Link>;
    case "pool":
      return <Chip title="Pool">{value.value}</Chip>;
    case "codeReferences":
      return (
        <ul>
          {value.value.references.map((each) => (
            <li key={`${each.filePath}:${each.line}:${each.url}`}>
              {each.url ? <Address url={each.url} label={each.label} /> : <Path text={each.line ? `${each.filePath}:${each.line}` : each.filePath} />}
            </li>
          ))}
        </ul>
      );
    case "codeArtifact":
      return <code>{`${value.value.module}.${value.value.name}`}</code>;
    case "nullValue":
      return <span className="faint">nothing</span>;
    default:
      return <span className="faint">a kind of value that this console does not know</span>;
  }
}

function Path({ text }: { text: string }) {
  return (
    <span>
      <code className={styles.text}>{text}</code> <CopyButton text={text} label="Copy the path" />
    </span>
  );
}

/** An address becomes a link only if following it can do nothing but open a page. */
function Address({ url, label }: { url: string; label?: string }) {
  if (!/^https?:\/\//i.test(url)) return <Path text={url} />;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener" className={styles.text}>
      {label || url}
    </a>
  );
}
