// The files that the program left in its output folder.
import { DownloadOutlined, FileOutlined } from "@ant-design/icons";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { answer, api, download } from "../api/client";
import { bytes } from "../figures";
import { Refused } from "../frame/Refused";
import { useSay } from "../say";

export function Results({ id, over }: { id: string; over: boolean }) {
  const say = useSay();
  const files = useQuery({ queryKey: ["files", id], queryFn: () => answer(api.GET("/api/v1/orders/{id}/files", { params: { path: { id } } })) });
  const fetch = useMutation({ mutationFn: (name: string) => download(`/api/v1/orders/${id}/files/${name.split("/").map(encodeURIComponent).join("/")}`, name.split("/").pop() ?? name) });
  const items = files.data?.items ?? [];
  return (
    <section className="sheet" aria-label={say("输出文件", "Files")}>
      <header><h2>{say("输出文件", "Files")}</h2>{items.length > 0 && <span className="small faint">{say(`${items.length} 个`, `${items.length}`)}</span>}</header>
      <Refused error={fetch.error ?? files.error} />
      {items.length === 0 && !files.error && <p className="quiet">{over ? say("程序没有留下输出文件。", "The program left no files.") : say("写进 $SUANSHI_OUTPUT 的文件会出现在这里。", "Files written to $SUANSHI_OUTPUT appear here.")}</p>}
      <ul className="results">
        {items.map((file) => (
          <li key={file.name}>
            <FileOutlined className="faint" aria-hidden /><span className="mono clip" title={file.name}>{file.name}</span><span className="num faint small">{bytes(file.size)}</span>
            <Button size="small" icon={<DownloadOutlined />} loading={fetch.isPending && fetch.variables === file.name} onClick={() => fetch.mutate(file.name)} aria-label={say(`下载 ${file.name}`, `Download ${file.name}`)}>{say("下载", "Download")}</Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
