// A long list, newest first, a page at a time: the table, its empty state, its refusal and "more".
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Table, type TableColumnsType } from "antd";
import type { ReactNode } from "react";
import { useSay } from "../say";
import { Refused } from "./Refused";
import { Waiting } from "./Waiting";

export interface Page<T> { items: T[]; next_cursor: string | null }

interface Props<T> {
  /** Names the list in the cache. */
  name: readonly unknown[];
  read: (cursor: string | undefined) => Promise<Page<T>>;
  columns: TableColumnsType<T>;
  rowKey: (row: T) => string | number;
  blank: ReactNode;
  /** Seconds between fresh looks; none when the list only grows by our own acts. */
  every?: number;
  expand?: (row: T) => ReactNode;
  label: string;
}

export function Listing<T extends object>({ name, read, columns, rowKey, blank, every, expand, label }: Props<T>) {
  const say = useSay();
  const pages = useInfiniteQuery({
    queryKey: name,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: every ? every * 1000 : false,
  });
  if (pages.isPending) return <Waiting rows={5} />;
  const rows = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="stack">
      {pages.error && <Refused error={pages.error} again={() => void pages.refetch()} />}
      {!pages.error && rows.length === 0 && <div className="sheet">{blank}</div>}
      {rows.length > 0 && (
        <div className="sheet flush" role="region" aria-label={label}>
          <Table<T> size="middle" pagination={false} columns={columns} dataSource={rows} rowKey={rowKey} scroll={{ x: "max-content" }}
            expandable={expand ? { expandedRowRender: expand } : undefined} />
        </div>
      )}
      {pages.hasNextPage && <div><Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{say("再看一些", "Show more")}</Button></div>}
    </div>
  );
}
