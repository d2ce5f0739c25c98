import { Ban, Check, Circle, CircleDashed, Clock, Minus, RotateCw, TriangleAlert, X, type LucideIcon } from "lucide-react";

import type { RunState } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { runStateLook, type StateLook, type Tone } from "@/model/states.ts";
import { classes } from "./classes.ts";
import styles from "./State.module.css";

const SHAPES: Record<Tone, LucideIcon> = {
  queued: Clock,
  starting: CircleDashed,
  running: RotateCw,
  succeeded: Check,
  failed: X,
  canceled: Ban,
  warning: TriangleAlert,
  neutral: Minus,
};

/** The sign of a state: a shape and a colour. `label` is for those who do not see it. */
export function StateIcon({ look, size = 14, label }: { look: StateLook; size?: number; label?: boolean }) {
  const Shape = SHAPES[look.tone] ?? Circle;
  return (
    <span
      className={classes(styles.icon, look.active && styles.active)}
      style={{ color: `var(--${look.tone})` }}
      role={label ? "img" : undefined}
      aria-label={label ? look.label : undefined}
      title={label ? look.label : undefined}
    >
      <Shape size={size} strokeWidth={2.6} aria-hidden />
    </span>
  );
}

/** A state as a small pill: sign and word. */
export function StateBadge({ look, children }: { look: StateLook; children?: React.ReactNode }) {
  return (
    <span
      className={styles.badge}
      style={{ background: `var(--${look.tone}-tint)`, color: `var(--${look.tone}-ink)` }}
    >
      <StateIcon look={look} size={12} />
      {children ?? look.label}
    </span>
  );
}

/** The state of a run as a pill. */
export function RunStateBadge({ state }: { state: RunState }) {
  return <StateBadge look={runStateLook(state)} />;
}
