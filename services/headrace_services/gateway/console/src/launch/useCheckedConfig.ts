import { create } from "@bufbuild/protobuf";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useMemo, useState } from "react";

import { runs } from "@/api/clients.ts";
import { PayloadSchema, type Payload } from "@/api/gen/headrace/api/types/v1/payload_pb.ts";
import { rangeOf, readConfig, type Mark } from "./config/document.ts";
import type { RunDraft } from "./draft.ts";

/** A draft's configuration, checked. */
export interface CheckedConfig {
  marks: Mark[];
  /** The configuration to send; undefined if there is none. */
  payload: Payload | undefined;
  /** How many steps the run would have; undefined until that is known. */
  stepCount: number | undefined;
  /** Nothing is known to be wrong, though it may still be being checked. */
  valid: boolean;
  checking: boolean;
  /** Why it could not be checked, or why there can be no such run. */
  error: unknown;
}

const PAUSE_MS = 350;

/** Checks configuration while it is typed: its syntax here, the rest where the run would be made. */
export function useCheckedConfig(text: string, draft: Omit<RunDraft, "runConfig">, enabled = true): CheckedConfig {
  const read = useMemo(() => readConfig(text), [text]);
  const payload = useMemo(() => payloadOf(read.value), [read.value]);
  const settled = useSettled(useDeferredValue(text));
  const current = settled === text;
  const check = useQuery({
    queryKey: ["check run", draft, settled],
    queryFn: ({ signal }) => runs.checkRun({ run: { ...draft, runConfig: payloadOf(readConfig(settled).value) } }, { signal }),
    enabled: enabled && read.problems.length === 0 && current,
    retry: false,
    staleTime: 30_000,
  });
  const found = current && read.problems.length === 0 ? check.data : undefined;
  const marks = useMemo(
    () => [...read.problems, ...(found?.configProblems ?? []).map(({ path, message }) => ({ ...rangeOf(read.document, path), message: path.length > 0 ? `${path.join(".")}: ${message}` : message }))],
    [read, found],
  );
  return {
    marks,
    payload,
    stepCount: found && found.configProblems.length === 0 ? found.steps.length : undefined,
    valid: marks.length === 0,
    checking: !current || check.isFetching,
    error: current ? check.error : undefined,
  };
}

function payloadOf(value: unknown): Payload | undefined {
  if (value === undefined) return undefined;
  return create(PayloadSchema, { mediaType: "application/json", content: { case: "text", value: JSON.stringify(value) } });
}

/** Returns a value once it has not changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
