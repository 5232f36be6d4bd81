// The need as a form: the kind of work, its figures, and the wishes besides.
import { Button, Form, Input, InputNumber, Segmented, Select, Switch } from "antd";
import type { AdviceAsk } from "../api/shapes";
import { useSay } from "../say";
import { ConfigFile, type Config } from "./ConfigFile";
import { taskName } from "./words";

type Work = NonNullable<AdviceAsk["workload"]>;
type Task = Work["task"];
type Wishes = NonNullable<AdviceAsk["wishes"]>;

interface Filled {
  task: Task;
  model: string;
  config: Config | null;
  method: "lora" | "qlora" | "full_ft" | "pretrain";
  samples: number; sample_tokens: number; epochs: number;
  requests: number; input: number; output: number; ttft: number | null;
  texts: number; gflop: number; training: boolean;
  tflop: number;
  budget: string | null; deadline: string; region: string; domestic: boolean; prefer: NonNullable<Wishes["prefer"]>;
}

const START: Partial<Filled> = { task: "training", model: "7B", config: null, method: "lora", samples: 20_000, sample_tokens: 512, epochs: 3, requests: 10_000, input: 1024, output: 256, ttft: null, texts: 1_000_000, gflop: 8, training: true, tflop: 1_000_000, budget: null, deadline: "", region: "", domestic: false, prefer: "balanced" };

/** A config.json if there is one; else "7B", "7" -> the size; anything else is a name. */
function model({ model: text, config }: Filled) {
  if (config) return { config: config.body };
  const size = /^\s*(\d+(?:\.\d+)?)\s*[bB]?\s*$/.exec(text);
  return size ? { parameters_b: Number(size[1]) } : { name: text.trim() };
}

function work(form: Filled): Work {
  switch (form.task) {
    case "training": return { task: "training", model: model(form), method: form.method, tokens: form.samples * form.sample_tokens * form.epochs };
    case "serving": return { task: "serving", model: model(form), requests_per_day: form.requests, input_tokens: form.input, output_tokens: form.output, ...(form.ttft ? { ttft_ms: form.ttft } : {}) };
    case "batch": return { task: "batch", model: model(form), requests: form.requests, input_tokens: form.input, output_tokens: form.output };
    case "embeddings": return { task: "embeddings", model: model(form), texts: form.texts, tokens_each: form.input };
    case "network": return { task: "network", gflop_per_sample: form.gflop, samples: form.samples * form.epochs, training: form.training };
    case "hpc": return { task: "hpc", flop: form.tflop * 1e12 };
  }
}

function wishes(form: Filled): Wishes {
  return {
    prefer: form.prefer, domestic_only: form.domestic,
    ...(form.budget ? { budget: form.budget } : {}),
    ...(form.deadline ? { deadline: new Date(form.deadline).toISOString() } : {}),
    ...(form.region.trim() ? { regions: [form.region.trim()] } : {}),
  };
}

export function Need({ busy, ask }: { busy: boolean; ask: (ask: AdviceAsk) => void }) {
  const say = useSay();
  const [form] = Form.useForm<Filled>();
  const task = Form.useWatch("task", form) ?? "training";
  const config = Form.useWatch("config", form);
  const language = task !== "network" && task !== "hpc";
  const number = (name: keyof Filled, label: string, min = 1) => <Form.Item name={name} label={label} rules={[{ required: true, message: say("请填写", "Required") }]}><InputNumber min={min} style={{ width: "100%" }} /></Form.Item>;
  return (
    <Form<Filled> form={form} layout="vertical" requiredMark={false} initialValues={START} className="need" onFinish={() => {
      // Fields of other kinds of work are not on the page but keep their values.
      const filled = { ...START, ...form.getFieldsValue(true) } as Filled;
      ask({ workload: work(filled), wishes: wishes(filled) });
    }}>
      <Form.Item name="task" label={say("要做什么", "Kind of work")}><Select<Task> options={(["training", "serving", "batch", "embeddings", "network", "hpc"] as const).map((value) => ({ value, label: taskName(say, value) }))} /></Form.Item>
      {language && !config && <Form.Item name="model" label={say("模型或参数量", "Model or size")} rules={[{ required: true, message: say("请填写", "Required") }]}><Input placeholder="7B / qwen2.5-7b" maxLength={100} /></Form.Item>}
      {language && <Form.Item name="config" label={config ? say("模型", "Model") : say("或用它的 config.json", "Or its config.json")}><ConfigFile /></Form.Item>}
      {task === "training" && <Form.Item name="method" label={say("方法", "Method")}><Select options={[{ value: "lora", label: "LoRA" }, { value: "qlora", label: "QLoRA" }, { value: "full_ft", label: say("全参微调", "Full fine-tuning") }, { value: "pretrain", label: say("预训练", "Pre-training") }]} /></Form.Item>}
      {(task === "training" || task === "network") && number("samples", say("样本数", "Samples"))}
      {task === "training" && number("sample_tokens", say("每条词元", "Tokens each"))}
      {(task === "training" || task === "network") && number("epochs", say("轮数", "Epochs"), 0.01)}
      {(task === "serving" || task === "batch") && number("requests", task === "serving" ? say("每日请求", "Requests a day") : say("请求数", "Requests"))}
      {task === "embeddings" && number("texts", say("文本数", "Texts"))}
      {(task === "serving" || task === "batch" || task === "embeddings") && number("input", say("每条输入词元", "Input tokens each"))}
      {(task === "serving" || task === "batch") && number("output", say("每条输出词元", "Output tokens each"))}
      {task === "serving" && <Form.Item name="ttft" label={say("首字不超过（毫秒）", "First token within (ms)")}><InputNumber min={1} placeholder={say("不限", "any")} style={{ width: "100%" }} /></Form.Item>}
      {task === "network" && number("gflop", say("每样本前向 GFLOP", "GFLOP a sample, forward"), 0.000001)}
      {task === "network" && <Form.Item name="training" label={say("用途", "Use")}><Select options={[{ value: true, label: say("训练", "Training") }, { value: false, label: say("推理", "Inference") }]} /></Form.Item>}
      {task === "hpc" && number("tflop", say("总运算量（TFLOP，FP64）", "Operations (TFLOP, FP64)"), 0.000001)}
      <Form.Item name="budget" label={say("预算", "Budget")}><InputNumber<string> stringMode prefix="¥" min="0.01" precision={2} placeholder={say("不限", "any")} style={{ width: "100%" }} /></Form.Item>
      <Form.Item name="deadline" label={say("最迟完成", "Done by")}><Input type="datetime-local" /></Form.Item>
      <Form.Item name="region" label={say("地区", "Region")}><Input placeholder={say("不限", "any")} maxLength={60} /></Form.Item>
      <Form.Item name="domestic" label={say("只要国产芯片", "Chinese chips only")} valuePropName="checked"><Switch /></Form.Item>
      <Form.Item name="prefer" label={say("更看重", "Prefer")} className="wide"><Segmented options={[{ value: "balanced", label: say("均衡", "Balance") }, { value: "cheapest", label: say("省钱", "Cost") }, { value: "fastest", label: say("快", "Speed") }, { value: "greenest", label: say("省电", "Energy") }]} /></Form.Item>
      <div className="wide"><Button type="primary" size="large" htmlType="submit" loading={busy}>{say("出方案", "Advise")}</Button></div>
    </Form>
  );
}
