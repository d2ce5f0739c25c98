import { Link } from "react-router";

import { RunState, type Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { formatNumber } from "@/model/numbers.ts";
import { runStateLook, runStateName } from "@/model/states.ts";
import { StateIcon } from "@/ui/State.tsx";
import styles from "./Tiles.module.css";

const TILES: { label: string; states: RunState[]; windowed: boolean }[] = [
  { label: "In progress", states: [RunState.RUNNING, RunState.STARTING, RunState.CANCELING], windowed: false },
  { label: "Queued", states: [RunState.QUEUED], windowed: false },
  { label: "Succeeded", states: [RunState.SUCCEEDED], windowed: true },
  { label: "Failed", states: [RunState.FAILED], windowed: true },
];

/** How many runs are where; each leads to them. */
export function Tiles({ runs, since }: { runs: readonly Run[]; since: string }) {
  return (
    <ul className={styles.tiles}>
      {TILES.map(({ label, states, windowed }) => {
        const number = runs.filter((run) => states.includes(run.state)).length;
        const search = new URLSearchParams(states.map((state) => ["state", runStateName(state)]));
        if (windowed) search.set("since", since);
        return (
          <li key={label}>
            <Link to={`/runs?${search}`} className={styles.tile} data-some={number > 0 || undefined}>
              <StateIcon look={{ ...runStateLook(states[0]!), active: number > 0 && states[0] === RunState.RUNNING }} size={18} />
              <strong>{formatNumber(number)}</strong>
              <span>{label}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
