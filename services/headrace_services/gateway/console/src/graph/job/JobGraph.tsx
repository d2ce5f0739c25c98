import { useCallback, useMemo, useState, type ReactNode } from "react";

import type { GraphNode as JobNode } from "@/api/gen/headrace/api/types/v1/job_pb.ts";
import { flipped } from "@/model/sets.ts";
import { GraphView } from "../GraphView.tsx";
import { graphPaths, jobGraph, nodeCount, type NodeState } from "./jobGraph.ts";

interface JobGraphProps {
  nodes: readonly JobNode[];
  label: string;
  /** States by the path of the node, see `nodeStates`. */
  states?: ReadonlyMap<string, NodeState>;
  /** The path of the chosen node. */
  selected?: string;
  onSelect?(path: string | undefined): void;
  toolbar?: ReactNode;
  height?: string;
}

// Up to so many nodes, graphs begin open: everything is seen at once.
const OPEN_UP_TO = 30;

/** The graph of a job's ops, with graphs in it that open and close. */
export function JobGraph({ nodes, label, states, selected, onSelect, toolbar, height }: JobGraphProps) {
  const paths = useMemo(() => graphPaths(nodes), [nodes]);
  const openAtFirst = nodeCount(nodes) <= OPEN_UP_TO;
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const graph = useMemo(() => {
    const open = new Set(paths.filter((path) => toggled.has(path) !== openAtFirst));
    return jobGraph(nodes, { open, states });
  }, [nodes, paths, toggled, openAtFirst, states]);
  const toggle = useCallback((path: string) => setToggled((before) => flipped(before, path)), []);
  return <GraphView graph={graph} label={label} direction="DOWN" selected={selected} onSelect={onSelect} onToggle={paths.length > 0 ? toggle : undefined} toolbar={toolbar} height={height} />;
}
