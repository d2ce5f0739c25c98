import { X } from "lucide-react";
import { useState, type FormEvent } from "react";

import { useJobs } from "@/api/jobs.ts";
import type { RunState } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { formatMoment } from "@/model/moments.ts";
import { isImplicit } from "@/model/runs.ts";
import { RUN_STATE_ORDER, runStateLook } from "@/model/states.ts";
import { Select, TextField } from "@/ui/Field.tsx";
import { StateIcon } from "@/ui/State.tsx";
import { isFiltered, SPANS, type RunFilter } from "./filter.ts";
import styles from "./Filters.module.css";

interface Props {
  filter: RunFilter;
  onChange(changes: Partial<RunFilter>): void;
}

const NOTHING: RunFilter = { states: [], job: "", location: "", tags: [], since: "", from: undefined, before: undefined };

/** What runs are filtered by. */
export function Filters({ filter, onChange }: Props) {
  return (
    <div className={styles.filters}>
      <States chosen={filter.states} onChange={(states) => onChange({ states })} />
      <div className={styles.fields}>
        <Places filter={filter} onChange={onChange} />
        <Select label="Created" value={filter.since} onChange={(event) => onChange({ since: event.target.value, from: undefined, before: undefined })}>
          <option value="">Any time</option>
          {Object.entries(SPANS).map(([value, { label }]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
        <TagField onAdd={(tag) => onChange({ tags: [...new Set([...filter.tags, tag])] })} />
        {filter.tags.map((tag) => (
          <Removable key={tag} label={tag} onRemove={() => onChange({ tags: filter.tags.filter((each) => each !== tag) })} />
        ))}
        {filter.from !== undefined && <Removable label={`from ${formatMoment(filter.from)}`} onRemove={() => onChange({ from: undefined })} />}
        {filter.before !== undefined && <Removable label={`before ${formatMoment(filter.before)}`} onRemove={() => onChange({ before: undefined })} />}
        {isFiltered(filter) && (
          <button type="button" className={styles.clear} onClick={() => onChange(NOTHING)}>
            Clear
          </button>
        )}
      </div>
    </div>
  );
}

function States({ chosen, onChange }: { chosen: RunState[]; onChange(states: RunState[]): void }) {
  return (
    <div className={styles.states} role="group" aria-label="States">
      {RUN_STATE_ORDER.map((state) => {
        const on = chosen.includes(state);
        const look = runStateLook(state);
        return (
          <button key={state} type="button" aria-pressed={on} onClick={() => onChange(on ? chosen.filter((each) => each !== state) : [...chosen, state])}>
            <StateIcon look={{ ...look, active: false }} size={12} />
            {look.label}
          </button>
        );
      })}
    </div>
  );
}

function Places({ filter, onChange }: Props) {
  const jobs = useJobs();
  const locations = new Set(jobs.map((job) => job.locationName));
  if (filter.location) locations.add(filter.location);
  const names = new Set(jobs.filter((job) => !filter.location || job.locationName === filter.location).map((job) => job.definition!.name));
  if (filter.job) names.add(filter.job);
  return (
    <>
      <Select label="Job" value={filter.job} onChange={(event) => onChange({ job: event.target.value })}>
        <option value="">All jobs</option>
        {[...names].toSorted().map((name) => (
          <option key={name} value={name}>
            {isImplicit(name) ? "Assets" : name}
          </option>
        ))}
      </Select>
      <Select label="Location" value={filter.location} onChange={(event) => onChange({ location: event.target.value })}>
        <option value="">All locations</option>
        {[...locations].toSorted().map((name) => (
          <option key={name}>{name}</option>
        ))}
      </Select>
    </>
  );
}

function TagField({ onAdd }: { onAdd(tag: string): void }) {
  const [text, setText] = useState("");
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) onAdd(text.trim());
    setText("");
  };
  return (
    <form onSubmit={add}>
      <TextField label="Tag: key=value" value={text} onChange={(event) => setText(event.target.value)} size={16} />
    </form>
  );
}

function Removable({ label, onRemove }: { label: string; onRemove(): void }) {
  return (
    <button type="button" className={styles.removable} title="Remove" onClick={onRemove}>
      {label}
      <X size={12} aria-hidden />
    </button>
  );
}
