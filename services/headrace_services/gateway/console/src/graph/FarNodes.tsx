import { memo } from "react";

import styles from "./GraphView.module.css";
import type { PlacedNode } from "./placed.ts";

const FRAME_TITLE_PX = 64;

/**
 * The nodes of a large graph seen from afar, as one drawing: where nobody can read a card, a thousand of them are a thousand
 * elements to move with every frame for nothing.
 */
export const FarNodes = memo(function FarNodes({ nodes, width, height, onSelect }: { nodes: readonly PlacedNode[]; width: number; height: number; onSelect?(id: string): void }) {
  return (
    <svg className={styles.farNodes} width={width} height={height} aria-hidden>
      {nodes.map(({ id, type, position, width: across = 0, height: high = 0, data: { card, selected, ticked, faded } }) =>
        type === "frame" ? (
          <g key={id}>
            <rect x={position.x} y={position.y} width={across} height={high} rx={10} data-frame />
            <text x={position.x + 12} y={position.y - 14} fontSize={FRAME_TITLE_PX}>
              {card.title}
            </text>
          </g>
        ) : (
          <rect
            key={id}
            x={position.x}
            y={position.y}
            width={across}
            height={high}
            rx={10}
            style={{ fill: `color-mix(in srgb, var(--${card.look?.tone ?? "queued"}) 55%, var(--surface))` }}
            data-marked={selected || ticked || undefined}
            data-faded={faded || undefined}
            onClick={() => onSelect?.(id)}
          >
            <title>{card.title}</title>
          </rect>
        ),
      )}
    </svg>
  );
});
