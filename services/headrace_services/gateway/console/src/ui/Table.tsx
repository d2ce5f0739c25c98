import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, useState, type ReactNode } from "react";

import { Checkbox } from "./Field.tsx";
import { MoreRows } from "./MoreRows.tsx";
import styles from "./Table.module.css";

/** One column. */
export interface Column<T> {
  id: string;
  header: ReactNode;
  cell(row: T): ReactNode;
  /** CSS width: it does not follow what is in it, so nothing moves when rows come and go. Without it the column shares what is left. */
  width?: string;
  align?: "end";
  /** Left out where there is less room: below 1100 px (`wide`) or below 700 px (`medium`). */
  from?: "wide" | "medium";
}

/** Rows that can be ticked. */
export interface Selection {
  keys: ReadonlySet<string>;
  onChange(keys: Set<string>): void;
}

interface TableProps<T> {
  /** What the table is of, for those who do not see it. */
  label: string;
  columns: Column<T>[];
  rows: T[];
  rowKey(row: T): string;
  selection?: Selection;
  /** There is more to read, which `onMore` does when the end comes into sight. */
  more?: boolean;
  onMore?(): void;
  rowClass?(row: T): string | undefined;
}

const ROW_HEIGHT = 40;
// Fewer rows are drawn at once: the browser's own search finds all of them.
const VIRTUAL_FROM = 120;

/** A table of any length: reads on at its end, and draws only what is in sight when it is long. */
export function Table<T>(props: TableProps<T>) {
  const { label, columns, rows, rowKey, selection, more, onMore } = props;
  const table = useRef<HTMLTableElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    if (table.current) setTop(table.current.getBoundingClientRect().top + window.scrollY + ROW_HEIGHT);
  }, []);
  const virtual = rows.length >= VIRTUAL_FROM;
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 16,
    scrollMargin: top,
    enabled: virtual,
  });
  const items = virtual ? virtualizer.getVirtualItems() : [];
  const before = virtual ? (items[0]?.start ?? top) - top : 0;
  const after = virtual ? virtualizer.getTotalSize() + top - (items.at(-1)?.end ?? top) : 0;
  const shown = virtual ? items.map((item) => rows[item.index]!) : rows;
  const width = columns.length + (selection ? 1 : 0);
  return (
    <div className={styles.scroll}>
      <table ref={table} className={styles.table} aria-label={label} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {selection && <AllRows selection={selection} keys={rows.map(rowKey)} />}
            {columns.map((column) => (
              <th key={column.id} scope="col" style={{ width: column.width }} data-align={column.align} data-from={column.from}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Gap width={width} height={before} />}
          {shown.map((row) => (
            <Row key={rowKey(row)} {...props} row={row} />
          ))}
          {after > 0 && <Gap width={width} height={after} />}
        </tbody>
      </table>
      {more && onMore && <MoreRows onMore={onMore} />}
    </div>
  );
}

function Row<T>({ row, columns, rowKey, rowClass, selection }: TableProps<T> & { row: T }) {
  const key = rowKey(row);
  return (
    <tr className={rowClass?.(row)} data-row={key} aria-selected={selection ? selection.keys.has(key) : undefined}>
      {selection && (
        <td className={styles.tick}>
          <Checkbox
            label={`Select ${key}`}
            hideLabel
            checked={selection.keys.has(key)}
            onChange={(event) => selection.onChange(toggled(selection.keys, key, event.target.checked))}
          />
        </td>
      )}
      {columns.map((column) => {
        const content = column.cell(row);
        return (
          <td key={column.id} data-align={column.align} data-from={column.from} title={typeof content === "string" ? content : undefined}>
            {content}
          </td>
        );
      })}
    </tr>
  );
}

function AllRows({ selection, keys }: { selection: Selection; keys: string[] }) {
  const chosen = keys.filter((key) => selection.keys.has(key)).length;
  return (
    <th scope="col" className={styles.tick}>
      <Checkbox
        label="Select all rows"
        hideLabel
        checked={chosen > 0 && chosen === keys.length}
        indeterminate={chosen > 0 && chosen < keys.length}
        onChange={(event) => selection.onChange(new Set(event.target.checked ? keys : []))}
      />
    </th>
  );
}

function Gap({ width, height }: { width: number; height: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={width} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

function toggled(keys: ReadonlySet<string>, key: string, on: boolean): Set<string> {
  const next = new Set(keys);
  if (on) next.add(key);
  else next.delete(key);
  return next;
}
