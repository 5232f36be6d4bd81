// The model by its config.json: read in this browser, sent with the need; a file that is none is told so at once.
import { UploadOutlined } from "@ant-design/icons";
import { Button, Upload } from "antd";
import { useState } from "react";
import { bytes } from "../figures";
import { useSay } from "../say";

export interface Config { name: string; body: Record<string, unknown> }

const MOST_BYTES = 64 * 1024; // the need travels in addresses, and a language model's is a few KiB

interface Props { id?: string; value?: Config | null; onChange?: (config: Config | null) => void }

export function ConfigFile({ id, value, onChange }: Props) {
  const say = useSay();
  const [fault, setFault] = useState<string | null>(null);
  const take = async (file: File) => {
    if (file.size > MOST_BYTES) return setFault(say(`${file.name} 有 ${bytes(file.size)}，超过上限 ${bytes(MOST_BYTES)}。`, `${file.name} is ${bytes(file.size)}, above the limit of ${bytes(MOST_BYTES)}.`));
    const body = parsed(await file.text());
    setFault(body ? null : say(`${file.name} 不是 JSON 对象，请选模型目录里的 config.json。`, `${file.name} is no JSON object: choose the config.json of the model's folder.`));
    if (body) onChange?.({ name: file.name, body });
  };
  return (
    <div className="stack tight">
      {value
        ? <div className="row tight"><span className="mono clip">{value.name}</span><span className="small faint">{told(value.body)}</span><Button type="link" size="small" onClick={() => onChange?.(null)}>{say("移除", "Remove")}</Button></div>
        : <Upload id={id} accept=".json,application/json" showUploadList={false} beforeUpload={(file) => { void take(file); return Upload.LIST_IGNORE; }}><Button icon={<UploadOutlined />}>{say("选择文件", "Choose a file")}</Button></Upload>}
      {fault && <p role="alert" className="price small">{fault}</p>}
    </div>
  );
}

/** The file's object; null when it is no JSON, or JSON of another kind. */
export function parsed(text: string): Record<string, unknown> | null {
  try {
    const body = JSON.parse(text) as unknown;
    return typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function told(body: Record<string, unknown>): string {
  return typeof body.model_type === "string" ? body.model_type.slice(0, 40) : "";
}
