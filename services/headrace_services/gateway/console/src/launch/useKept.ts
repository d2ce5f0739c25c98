import { useEffect, useState } from "react";

/** State that outlives the page, until the tab is closed: what somebody typed. */
export function useKept(name: string, first: string): [string, (value: string) => void] {
  const [value, setValue] = useState(() => sessionStorage.getItem(name) ?? first);
  useEffect(() => {
    if (value === first) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  }, [name, value, first]);
  return [value, setValue];
}
