import type { Failure } from "@/api/gen/headrace/api/types/v1/failure_pb.ts";
import { Code } from "./Code.tsx";
import { CopyButton } from "./CopyButton.tsx";
import styles from "./FailureView.module.css";
import { MetadataList } from "./Metadata.tsx";

/** An error of user code or of the system: what, where, its trace, and what caused it. */
export function FailureView({ failure, collapsed }: { failure: Failure; collapsed?: boolean }) {
  const place = failure.file && `${failure.file}${failure.line ? `:${failure.line}` : ""}`;
  return (
    <div className={styles.failure}>
      <p className={styles.message}>
        {failure.type && <code>{failure.type}</code>} {failure.message}
      </p>
      {place && (
        <p className={styles.place}>
          <code>{place}</code> <CopyButton text={place} label="Copy the place" />
        </p>
      )}
      {failure.metadata.length > 0 && <MetadataList entries={failure.metadata} />}
      {failure.stackTrace && <Trace text={failure.stackTrace} collapsed={collapsed} />}
      {failure.cause && (
        <div className={styles.cause}>
          <span>Caused by</span>
          <FailureView failure={failure.cause} collapsed={collapsed} />
        </div>
      )}
    </div>
  );
}

function Trace({ text, collapsed }: { text: string; collapsed?: boolean }) {
  return (
    <details className={styles.trace} open={!collapsed}>
      <summary>Traceback</summary>
      <Code text={text.trimEnd()} label="Traceback" />
    </details>
  );
}
