import { useEffect, useEffectEvent, useRef } from "react";

import styles from "./ConfigEditor.module.css";
import type { EditorProps } from "./ConfigEditor.tsx";
import { createEditor, showMarks, type ConfigView } from "./editor.ts";

/** The editor itself, loaded when it is first shown. */
export default function CodeEditor({ text, onChange, schema, marks, label }: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<ConfigView>(null);
  const changed = useEffectEvent((next: string) => onChange(next));
  const currentSchema = useEffectEvent(() => schema);
  const firstText = useEffectEvent(() => text);
  useEffect(() => {
    const editor = createEditor(place.current!, { text: firstText(), label, onChange: (next) => changed(next), schema: () => currentSchema() });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, [label]);
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    if (view.current) showMarks(view.current, marks);
  }, [marks]);
  return <div ref={place} className={styles.editor} />;
}
