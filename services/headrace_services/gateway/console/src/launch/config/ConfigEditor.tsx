import { lazy, Suspense } from "react";

import type { ConfigType } from "@/api/gen/headrace/api/types/v1/config_schema_pb.ts";
import styles from "./ConfigEditor.module.css";
import type { Mark } from "./document.ts";

/** What an editor of configuration is given. */
export interface EditorProps {
  text: string;
  onChange(text: string): void;
  schema: ConfigType | undefined;
  marks: readonly Mark[];
  label: string;
}

const CodeEditor = lazy(() => import("./CodeEditor.tsx"));

/** An editor for configuration: marks what is wrong at its place, and knows the schema. Until it is loaded, a plain field. */
export function ConfigEditor(props: EditorProps) {
  const { text, marks, label, onChange } = props;
  return (
    <div>
      <Suspense fallback={<textarea className={styles.plain} aria-label={label} value={text} onChange={(event) => onChange(event.target.value)} spellCheck={false} />}>
        <CodeEditor {...props} />
      </Suspense>
      {marks.length > 0 && (
        <ul className={styles.problems} aria-label="Problems" role="status">
          {marks.map(({ from, message }) => (
            <li key={`${from} ${message}`}>
              <span className="numbers">line {lineOf(text, from)}</span>
              {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function lineOf(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}
