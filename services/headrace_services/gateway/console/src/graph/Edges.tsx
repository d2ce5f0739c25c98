import { memo, useMemo } from "react";

import styles from "./GraphView.module.css";
import type { Graph, Layout } from "./model.ts";
import { routePath } from "./route.ts";

const ARROW = "graph-arrow";
const ARROW_STRONG = "graph-arrow-strong";

/** All edges in one drawing: thousands of them cost no more than one when the graph is moved. */
export const Edges = memo(function Edges({ graph, layout, lineage }: { graph: Graph; layout: Layout; lineage: ReadonlySet<string> | undefined }) {
  const paths = useMemo(
    () => graph.edges.map((edge) => ({ edge, path: routePath(layout.routes.get(edge.id) ?? []) })).filter(({ path }) => path),
    [graph.edges, layout],
  );
  const strong = ({ from, to }: { from: string; to: string }) => lineage?.has(from) === true && lineage.has(to);
  const ordered = lineage ? paths.toSorted((a, b) => Number(strong(a.edge)) - Number(strong(b.edge))) : paths;
  return (
    <svg className={styles.edges} width={layout.width} height={layout.height} aria-hidden>
      <defs>
        <Arrow id={ARROW} />
        <Arrow id={ARROW_STRONG} strong />
      </defs>
      {ordered.map(({ edge, path }) => {
        const chosen = strong(edge);
        return (
          <path
            key={edge.id}
            d={path}
            data-strong={chosen || undefined}
            data-faded={(lineage && !chosen) || undefined}
            markerEnd={`url(#${chosen ? ARROW_STRONG : ARROW})`}
          />
        );
      })}
    </svg>
  );
});

function Arrow({ id, strong }: { id: string; strong?: boolean }) {
  return (
    <marker id={id} data-strong={strong} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">
      <path d="M1 1 7 4 1 7z" />
    </marker>
  );
}
