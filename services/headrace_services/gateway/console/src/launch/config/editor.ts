import { autocompletion, closeBrackets, completionKeymap, completionStatus, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

import type { ConfigField, ConfigType } from "@/api/gen/headrace/api/types/v1/config_schema_pb.ts";
import { cursorPlace } from "./cursor.ts";
import type { Mark } from "./document.ts";
import { fieldsAt, typeText, valuesAt } from "./schema.ts";

export type ConfigView = EditorView;

interface Options {
  text: string;
  label: string;
  onChange(text: string): void;
  schema(): ConfigType | undefined;
}

/** Makes an editor. Tab indents; Escape and then Tab leaves it, as the keys of such editors go. */
export function createEditor(parent: HTMLElement, { text, label, onChange, schema }: Options): ConfigView {
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of("  "),
        closeBrackets(),
        highlightActiveLine(),
        yaml(),
        syntaxHighlighting(COLOURS),
        lintGutter(),
        autocompletion({ override: [(context) => complete(context, schema())], icons: false }),
        hoverTooltip((view, position) => describe(view, position, schema())),
        keymap.of([{ key: "Enter", run: openField }, ...completionKeymap, ...lintKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        EditorView.updateListener.of((update) => update.docChanged && onChange(update.state.doc.toString())),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
      ],
    }),
  });
}

/** Goes one step in after `name:`, where a mapping begins; anything else is left to the usual Enter. */
function openField(view: EditorView): boolean {
  const { from, to, empty } = view.state.selection.main;
  const line = view.state.doc.lineAt(from);
  const before = line.text.slice(0, from - line.from);
  if (!empty || completionStatus(view.state) === "active" || !/:\s*$/.test(before)) return false;
  const indent = `${/^\s*/.exec(before)![0]}  `;
  view.dispatch({ changes: { from, to, insert: `\n${indent}` }, selection: { anchor: from + 1 + indent.length }, userEvent: "input" });
  return true;
}

/** Shows what is wrong, at its line. */
export function showMarks(view: ConfigView, marks: readonly Mark[]): void {
  const { length } = view.state.doc;
  const diagnostics = marks.map(({ from, to, message }) => ({
    from: Math.min(from, length),
    to: Math.min(Math.max(to, from), length),
    severity: "error" as const,
    message,
  }));
  view.dispatch(setDiagnostics(view.state, diagnostics));
}

const COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--succeeded-ink)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--canceled-ink)" },
  { tag: tags.comment, color: "var(--ink-faint)", fontStyle: "italic" },
]);

function placeAt(state: EditorState, position: number) {
  const line = state.doc.lineAt(position);
  const lines = state.doc.sliceString(0, line.to).split("\n");
  return { ...cursorPlace(lines, line.number - 1, position - line.from), line };
}

function complete(context: CompletionContext, schema: ConfigType | undefined): CompletionResult | null {
  const word = context.matchBefore(/[\w-]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  const { path, value } = placeAt(context.state, context.pos);
  const options: Completion[] = value
    ? valuesAt(schema, path).map((label) => ({ label }))
    : fieldsAt(schema, path).map((field) => ({ label: field.name, apply: `${field.name}: `, detail: detailOf(field), info: field.description || undefined }));
  return options.length > 0 ? { from: word.from, options } : null;
}

function detailOf(field: ConfigField): string {
  return `${typeText(field.type)}${field.required ? ", required" : ""}`;
}

function describe(view: EditorView, position: number, schema: ConfigType | undefined) {
  const { line } = placeAt(view.state, position);
  const { path, value } = placeAt(view.state, line.to);
  const field = value ? fieldsAt(schema, path.slice(0, -1)).find((each) => each.name === path.at(-1)) : undefined;
  if (!field) return null;
  return {
    pos: line.from,
    end: line.to,
    create: () => {
      const dom = document.createElement("div");
      dom.textContent = `${field.name}: ${detailOf(field)}${field.description ? ` — ${field.description}` : ""}`;
      return { dom };
    },
  };
}
