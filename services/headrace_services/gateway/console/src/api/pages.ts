import { useInfiniteQuery, type UseInfiniteQueryResult } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";

/** One page of a list of the contract. */
export interface ListPage<T> {
  items: T[];
  nextPageToken: string;
}

/** A list that is read page by page. */
export interface Paged<T> {
  items: T[];
  query: UseInfiniteQueryResult;
  /** There is more to read. */
  more: boolean;
  /** Reads the next page, unless it is being read. */
  readMore(): void;
}

/** Reads a list page by page; `key` names the question, `read` asks for the page with a token. */
export function usePaged<T>(
  key: readonly unknown[],
  read: (pageToken: string, signal: AbortSignal) => Promise<ListPage<T>>,
): Paged<T> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const { data, hasNextPage, isFetching, fetchNextPage } = query;
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const readMore = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  return { items, query: query as UseInfiniteQueryResult, more: hasNextPage, readMore };
}

/** Reads a list to its end, at most `limit` items. */
export async function readAll<T>(read: (pageToken: string) => Promise<ListPage<T>>, limit = 20_000): Promise<T[]> {
  const items: T[] = [];
  let token = "";
  do {
    // Each page is asked for with the token of the one before.
    // oxlint-disable-next-line no-await-in-loop
    const page = await read(token);
    items.push(...page.items);
    token = page.nextPageToken;
  } while (token && items.length < limit);
  return items;
}
