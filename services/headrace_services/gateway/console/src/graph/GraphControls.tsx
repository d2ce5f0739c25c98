import { useReactFlow } from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";

import styles from "./GraphView.module.css";

/** Zooms, and brings everything into sight. */
export function GraphControls() {
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  const duration = 160;
  return (
    <div className={styles.controls} role="group" aria-label="View of the graph">
      <button type="button" aria-label="Zoom in" title="Zoom in" onClick={() => void zoomIn({ duration })}>
        <Plus size={15} aria-hidden />
      </button>
      <button type="button" aria-label="Zoom out" title="Zoom out" onClick={() => void zoomOut({ duration })}>
        <Minus size={15} aria-hidden />
      </button>
      <button type="button" aria-label="Show everything" title="Show everything" onClick={() => void fitView({ duration: 250, padding: 0.12, maxZoom: 1 })}>
        <Maximize size={14} aria-hidden />
      </button>
    </div>
  );
}
