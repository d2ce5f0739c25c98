import { useReactFlow, useStoreApi } from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";

import { wholeView } from "./firstView.ts";
import styles from "./GraphView.module.css";
import type { PlacedNode } from "./placed.ts";

/** Zooms, and brings everything into sight. */
export function GraphControls({ nodes, covered }: { nodes: readonly PlacedNode[]; covered: number }) {
  const { zoomIn, zoomOut, setViewport } = useReactFlow();
  const store = useStoreApi();
  const showAll = () => {
    const { width, height, minZoom } = store.getState();
    void setViewport(wholeView(nodes, { clientWidth: width, clientHeight: height, covered }, minZoom), { duration: 250 });
  };
  const duration = 160;
  return (
    <div className={styles.controls} role="group" aria-label="View of the graph">
      <button type="button" aria-label="Zoom in" title="Zoom in" onClick={() => void zoomIn({ duration })}>
        <Plus size={15} aria-hidden />
      </button>
      <button type="button" aria-label="Zoom out" title="Zoom out" onClick={() => void zoomOut({ duration })}>
        <Minus size={15} aria-hidden />
      </button>
      <button type="button" aria-label="Show everything" title="Show everything" onClick={showAll}>
        <Maximize size={14} aria-hidden />
      </button>
    </div>
  );
}
