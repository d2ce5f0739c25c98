import type { DescMethod } from "@bufbuild/protobuf";

import { refusal } from "./refusal.ts";
import { useCaller } from "./useCaller.ts";

/** Returns why a call would be refused to whoever looks at the page; undefined if it would not, or while nobody knows. */
export function useRefusal(method: DescMethod, ...locationNames: readonly string[]): string | undefined {
  const { data } = useCaller();
  return data && refusal(data, method, locationNames);
}
