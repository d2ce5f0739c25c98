import { Link } from "react-router";

import { CellKind, type Table, type TableColumn, type TableLineage } from "@/api/gen/headrace/api/types/v1/metadata_pb.ts";
import { keyText } from "@/model/assetKeys.ts";
import { links } from "@/shell/links.ts";
import styles from "./Metadata.module.css";

const NUMBERS: readonly CellKind[] = [CellKind.INT, CellKind.FLOAT];
const FIRST_ROWS = 200;

/** A small table of a user. */
export function MetadataTable({ table }: { table: Table }) {
  return (
    <div className={styles.table}>
      <table>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column.name} scope="col" title={column.description || column.type}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.slice(0, FIRST_ROWS).map((row, index) => (
            // Rows have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={index}>
              {row.cells.map((cell, column) => (
                <td key={table.columns[column]?.name} data-number={NUMBERS.includes(row.kinds[column] ?? CellKind.UNSPECIFIED) || undefined}>
                  {row.kinds[column] === CellKind.NOTHING ? <span className="faint">–</span> : cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {table.rows.length > FIRST_ROWS && <p className="faint">{table.rows.length - FIRST_ROWS} more rows</p>}
    </div>
  );
}

/** The columns of a table that lives elsewhere. */
export function TableColumns({ columns, constraints }: { columns: readonly TableColumn[]; constraints: readonly string[] }) {
  return (
    <div className={styles.table}>
      <table>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col">What it holds</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => (
            <tr key={column.name}>
              <td>
                <code>{column.name}</code>
              </td>
              <td>{column.type}</td>
              <td>{[column.description, column.required && "required", column.unique && "unique", ...column.constraints].filter(Boolean).join(" · ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {constraints.length > 0 && <p className="faint">{constraints.join(" · ")}</p>}
    </div>
  );
}

/** Which columns the columns come from. */
export function ColumnLineage({ lineage }: { lineage: TableLineage }) {
  return (
    <div className={styles.table}>
      <table>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Comes from</th>
          </tr>
        </thead>
        <tbody>
          {lineage.columns.map(({ column, sources }) => (
            <tr key={column}>
              <td>
                <code>{column}</code>
              </td>
              <td>
                {sources.map((source) => (
                  <span key={`${keyText(source.assetKey)}.${source.column}`}>
                    {source.assetKey && <Link to={links.asset(source.assetKey)}>{keyText(source.assetKey)}</Link>}.<code>{source.column}</code>{" "}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
