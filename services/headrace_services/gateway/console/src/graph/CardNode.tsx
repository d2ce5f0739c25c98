import type { NodeProps } from "@xyflow/react";
import { Boxes, Check, ChevronsDownUp, ChevronsUpDown, Code2, Layers, Table2, type LucideIcon } from "lucide-react";
import { memo, type MouseEvent } from "react";

import { StateIcon } from "@/ui/State.tsx";
import styles from "./CardNode.module.css";
import type { Card } from "./model.ts";
import type { PlacedNode } from "./placed.ts";
import { useGraphActions } from "./useGraphActions.ts";

const ICONS: Record<Card["kind"], LucideIcon> = { op: Code2, graph: Boxes, asset: Table2, group: Layers };

/** An op, an asset or a group. */
export const CardNode = memo(function CardNode({ id, data }: NodeProps<PlacedNode>) {
  const { card, selected, ticked, faded } = data;
  const { toggle, tick } = useGraphActions();
  const press = usePress(id, selected);
  const Icon = ICONS[card.kind];
  return (
    <div
      className={styles.card}
      data-kind={card.kind}
      data-tone={card.look?.tone}
      data-active={card.look?.active || undefined}
      data-selected={selected || undefined}
      data-ticked={ticked || undefined}
      data-foreign={card.foreign || undefined}
      data-faded={faded || card.dimmed || undefined}
      onDoubleClick={() => card.expandable && toggle?.(id)}
    >
      <button type="button" className={styles.press} aria-pressed={selected} onClick={press}>
        <span className={styles.head}>
          <Icon size={15} aria-hidden className={styles.icon} />
          <span className={styles.title} title={card.title}>
            {card.title}
          </span>
        </span>
        {card.text && <span className={styles.text}>{card.text}</span>}
        {(card.look || card.note) && (
          <span className={styles.state}>
            {card.look && <StateIcon look={card.look} size={12} />}
            <span>{card.look?.label}</span>
            {card.note && <span className={styles.note}>{card.note}</span>}
          </span>
        )}
        <Foot card={card} />
      </button>
      {tick && (
        <button type="button" className={styles.tick} role="checkbox" aria-checked={ticked} aria-label={`Select ${card.title}`} title="Select (Shift or Ctrl and click)" onClick={() => tick(id)}>
          {ticked && <Check size={12} strokeWidth={3} aria-hidden />}
        </button>
      )}
      {card.expandable && (
        <button type="button" className={styles.toggle} aria-label={`Show what is inside ${card.title}`} title="Show what is inside" onClick={() => toggle?.(id)}>
          <ChevronsUpDown size={14} aria-hidden />
        </button>
      )}
    </div>
  );
});

/** A node with others inside. */
export const FrameNode = memo(function FrameNode({ id, data }: NodeProps<PlacedNode>) {
  const { card, selected, ticked } = data;
  const { toggle } = useGraphActions();
  const press = usePress(id, selected);
  const Icon = ICONS[card.kind];
  return (
    <div className={styles.frame} data-selected={selected || undefined} data-ticked={ticked || undefined}>
      <div className={styles.frameHead}>
        <button type="button" className={styles.frameTitle} aria-pressed={selected} onClick={press}>
          <Icon size={14} aria-hidden />
          <span>{card.title}</span>
          {card.look && <StateIcon look={card.look} size={13} label />}
        </button>
        {toggle && (
          <button type="button" className={styles.toggle} aria-label={`Hide what is inside ${card.title}`} title="Hide what is inside" onClick={() => toggle(id)}>
            <ChevronsDownUp size={14} aria-hidden />
          </button>
        )}
      </div>
    </div>
  );
});

/** Looks at a node, or, with one of the keys that stand for "this one, too", ticks it. */
function usePress(id: string, selected: boolean) {
  const { select, tick } = useGraphActions();
  return (event: MouseEvent) => {
    if (tick && (event.shiftKey || event.ctrlKey || event.metaKey)) tick(id);
    else select?.(selected ? undefined : id);
  };
}

function Foot({ card }: { card: Card }) {
  const { chips = [], warnings = [] } = card;
  if (chips.length + warnings.length === 0) return null;
  return (
    <span className={styles.foot}>
      {warnings.map((warning) => (
        <span key={warning.text} className={styles.warning} data-tone={warning.tone}>
          {warning.text}
        </span>
      ))}
      {chips.map((chip) => (
        <span key={chip} className={styles.chip}>
          {chip}
        </span>
      ))}
    </span>
  );
}
