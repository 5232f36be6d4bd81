// Input files: dropped or picked, read in this browser, sent with the order.
import { InboxOutlined } from "@ant-design/icons";
import { Button, Upload } from "antd";
import { bytes } from "../figures";
import { useSay } from "../say";
import { INPUT_BYTES } from "./job";

export function Files({ files, change }: { files: File[]; change: (files: File[]) => void }) {
  const say = useSay();
  const total = files.reduce((all, file) => all + file.size, 0);
  const add = (file: File, batch: File[]) => {
    // AntD asks once a file; the whole batch is taken with its last one.
    if (file === batch[batch.length - 1]) change([...files.filter((one) => !batch.some((other) => other.name === one.name)), ...batch]);
    return Upload.LIST_IGNORE;
  };
  return (
    <div className="stack tight">
      <Upload.Dragger multiple showUploadList={false} beforeUpload={add} className="drop">
        <span className="row" style={{ justifyContent: "center" }}><InboxOutlined aria-hidden /><span>{say("把输入文件拖到这里，或点此选择", "Drop input files here, or click to choose")}</span><span className="faint small">{say(`合计不超过 ${bytes(INPUT_BYTES)}`, `at most ${bytes(INPUT_BYTES)} in all`)}</span></span>
      </Upload.Dragger>
      {files.length > 0 && (
        <ul className="files" aria-label={say("输入文件", "Input files")}>
          {files.map((file) => (
            <li key={file.name}><span className="mono clip">{file.name}</span><span className="faint num small">{bytes(file.size)}</span>
              <Button type="link" size="small" danger onClick={() => change(files.filter((one) => one !== file))} aria-label={say(`移除 ${file.name}`, `Remove ${file.name}`)}>{say("移除", "Remove")}</Button></li>
          ))}
        </ul>
      )}
      {total > INPUT_BYTES && <p role="alert" className="price small">{say(`输入文件合计 ${bytes(total)}，超过上限 ${bytes(INPUT_BYTES)}。`, `The input files are ${bytes(total)}, above the limit of ${bytes(INPUT_BYTES)}.`)}</p>}
    </div>
  );
}
