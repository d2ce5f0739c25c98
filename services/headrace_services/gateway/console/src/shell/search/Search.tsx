import { CornerDownLeft, Search as SearchIcon } from "lucide-react";
import { useDeferredValue, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useNavigate } from "react-router";

import { best } from "@/model/ranking.ts";
import { groupPlaces, usePlaces, useRunPlace, type Place } from "./places.ts";
import styles from "./Search.module.css";

const MOST = 40;

/** Finds whatever has a name: pages, jobs, assets, schedules, sensors, locations; and runs by their id. */
export function Search({ open, onClose }: { open: boolean; onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current!;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-label="Search"
      onClose={onClose}
      onPointerDown={(event) => event.target === dialog.current && onClose()}
    >
      {open && <Finder onClose={onClose} />}
    </dialog>
  );
}

function Finder({ onClose }: { onClose(): void }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const navigate = useNavigate();
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const found = useFound(useDeferredValue(query));
  const current = Math.min(at, found.length - 1);
  useEffect(() => {
    void list.current?.children[current]?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const go = (place: Place | undefined) => {
    if (!place) return;
    onClose();
    void navigate(place.to);
  };
  const pressed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((current + step + found.length) % Math.max(1, found.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(found[current]);
    }
  };
  return (
    <div className={styles.finder} onKeyDown={pressed}>
      <div className={styles.field}>
        <SearchIcon size={17} aria-hidden />
        <input
          // A dialog that one opens to type into.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls={id}
          aria-activedescendant={found.length > 0 ? `${id}-${current}` : undefined}
          aria-label="Search everything"
          placeholder="Jobs, assets, schedules, sensors, locations, a run's id"
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
        />
        <kbd>Esc</kbd>
      </div>
      <ul ref={list} id={id} role="listbox" aria-label="Found" className={styles.list}>
        {found.map((place, index) => (
          <li
            key={`${place.kind} ${place.to}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === current}
            onPointerMove={() => setAt(index)}
            onClick={() => go(place)}
          >
            <place.icon size={16} aria-hidden />
            <span className={styles.name}>{place.name}</span>
            <span className={styles.note}>{place.note}</span>
            <span className={styles.kind}>{place.kind}</span>
            <CornerDownLeft size={13} aria-hidden className={styles.enter} />
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className={styles.nothing}>Nothing is called so.</p>}
    </div>
  );
}

function useFound(query: string): Place[] {
  const places = usePlaces(true);
  const run = useRunPlace(query);
  return useMemo(() => {
    if (!query.trim()) return places.filter((place) => place.kind === "Page");
    const all = [...places, ...groupPlaces(places)];
    return [...(run ? [run] : []), ...best(all, (place) => place.name, query, MOST)];
  }, [places, run, query]);
}
