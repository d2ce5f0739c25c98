import "@xyflow/react/dist/base.css";

import { MiniMap, ReactFlow, ReactFlowProvider, useReactFlow, useStore, ViewportPortal } from "@xyflow/react";
import { useEffect, useEffectEvent, useMemo, useRef, useState, type ReactNode } from "react";

import { Failed, Loading } from "@/ui/Notice.tsx";
import { CardNode, FrameNode } from "./CardNode.tsx";
import { Edges } from "./Edges.tsx";
import { FarNodes } from "./FarNodes.tsx";
import { GraphControls } from "./GraphControls.tsx";
import styles from "./GraphView.module.css";
import type { Direction, Graph } from "./model.ts";
import { firstView } from "./firstView.ts";
import { Placer, type PlacedNode } from "./placed.ts";
import { GraphActions } from "./useGraphActions.ts";
import { useLayout } from "./useLayout.ts";
import { lineageIn } from "./walks.ts";

interface GraphProps {
  graph: Graph;
  /** What the graph is of, for those who do not see it. */
  label: string;
  direction: Direction;
  selected?: string;
  onSelect?(id: string | undefined): void;
  /** Shows what is inside a node, or hides it again. */
  onToggle?(id: string): void;
  /** Nodes that are ticked, to do something with all of them. */
  ticked?: ReadonlySet<string>;
  /** Ticks a node, or takes the tick away. */
  onTick?(id: string): void;
  /** At the upper left: what can be chosen. */
  toolbar?: ReactNode;
  /** CSS height. */
  height?: string;
}

const NODE_TYPES = { card: CardNode, frame: FrameNode };
// From so many nodes on, only those in sight are in the page.
const MANY = 150;
const MAP_FROM = 40;
// Below it nobody can read what is small on a card.
const FAR = 0.5;
const TOOLBAR_PX = 60;
// Below it a large graph is drawn without its cards.
const AFAR = 0.35;
const NONE: PlacedNode[] = [];

/** A graph to look at: pans, zooms, and says which node is chosen. Laid out in a thread of its own. */
export function GraphView(props: GraphProps) {
  return (
    <ReactFlowProvider>
      <Drawn {...props} />
    </ReactFlowProvider>
  );
}

function Drawn({ graph, label, direction, selected, onSelect, onToggle, ticked, onTick, toolbar, height = "clamp(420px, 68vh, 860px)" }: GraphProps) {
  const { layout, pending, error } = useLayout(graph, direction);
  const lineage = useMemo(() => (selected === undefined ? undefined : lineageIn(graph, selected)), [graph, selected]);
  const [placer] = useState(() => new Placer());
  const nodes = useMemo(
    () => (layout ? placer.place(graph, layout, { selected, ticked, kept: lineage }) : []),
    [placer, graph, layout, selected, ticked, lineage],
  );
  const actions = useMemo(() => ({ select: onSelect, toggle: onToggle, tick: onTick }), [onSelect, onToggle, onTick]);
  const far = useStore((state) => state.transform[2] < FAR);
  const many = nodes.length > MANY;
  const afar = useStore((state) => many && state.transform[2] < AFAR);
  const view = useRef<HTMLElement>(null);
  const covered = toolbar ? TOOLBAR_PX : 0;
  if (error) return <Failed error={error} what="lay the graph out" />;
  return (
    <section ref={view} className={styles.view} style={{ height }} aria-label={label} aria-busy={pending} data-far={far} data-nodes={nodes.length}>
      {layout && (
        <GraphActions value={actions}>
          <ReactFlow<PlacedNode>
            nodes={afar ? NONE : nodes}
            edges={[]}
            nodeTypes={NODE_TYPES}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            elementsSelectable={false}
            // Clicks with these keys tick a node.
            selectionKeyCode={null}
            multiSelectionKeyCode={null}
            onlyRenderVisibleElements={many}
            minZoom={0.05}
            maxZoom={1.6}
            zoomOnDoubleClick={false}
            panOnScroll={false}
            preventScrolling
            attributionPosition="bottom-left"
            onPaneClick={() => onSelect?.(undefined)}
            // Not by state: drawing everything anew is what must not happen while it moves.
            onMoveStart={() => view.current?.setAttribute("data-moving", "")}
            onMoveEnd={() => view.current?.removeAttribute("data-moving")}
          >
            <ViewportPortal>
              <Edges graph={graph} layout={layout} lineage={lineage} />
              {afar && <FarNodes nodes={nodes} width={layout.width} height={layout.height} onSelect={onSelect} />}
            </ViewportPortal>
            {nodes.length > MAP_FROM && !afar && <MiniMap className={styles.map} pannable zoomable nodeColor={mapColor} ariaLabel="Overview of the graph" />}
          </ReactFlow>
          <Fitting nodes={nodes} direction={direction} selected={selected} covered={covered} />
          <GraphControls nodes={nodes} covered={covered} />
        </GraphActions>
      )}
      {!layout && <Loading rows={4} />}
      {toolbar && <div className={styles.toolbar}>{toolbar}</div>}
    </section>
  );
}

/** Looks at a graph when it is first drawn and when it is another one: at its beginning, or, of a large one, at the node that is chosen. */
function Fitting({ nodes, direction, selected, covered }: { nodes: readonly PlacedNode[]; direction: Direction; selected: string | undefined; covered: number }) {
  const { setCenter, setViewport } = useReactFlow();
  const clientWidth = useStore((state) => state.width);
  const clientHeight = useStore((state) => state.height);
  const ready = useStore((state) => state.panZoom !== null && state.width > 0);
  const count = nodes.length;
  const shown = useRef(0);
  const look = useEffectEvent(() => {
    const duration = shown.current === 0 ? 0 : 250;
    shown.current = count;
    const chosen = count >= MAP_FROM ? nodes.find((node) => node.id === selected) : undefined;
    if (chosen) void setCenter(chosen.position.x + (chosen.width ?? 0) / 2, chosen.position.y + (chosen.height ?? 0) / 2, { zoom: 1, duration });
    else void setViewport(firstView(nodes, direction, { clientWidth, clientHeight, covered }), { duration });
  });
  useEffect(() => {
    if (ready && shown.current !== count) look();
  }, [ready, count]);
  useMiddleKept(clientWidth, clientHeight);
  return null;
}

/** Keeps what is in the middle there when the view becomes wider or narrower: when a panel opens beside it. */
function useMiddleKept(width: number, height: number): void {
  const { getViewport, setViewport } = useReactFlow();
  const before = useRef({ width, height });
  useEffect(() => {
    const { width: oldWidth, height: oldHeight } = before.current;
    before.current = { width, height };
    if (oldWidth === 0 || width === 0 || (oldWidth === width && oldHeight === height)) return;
    const { x, y, zoom } = getViewport();
    void setViewport({ x: x + (width - oldWidth) / 2, y: y + (height - oldHeight) / 2, zoom });
  }, [width, height, getViewport, setViewport]);
}

function mapColor(node: PlacedNode): string {
  if (node.type === "frame") return "var(--line)";
  return `var(--${node.data.card.look?.tone ?? "queued"})`;
}
