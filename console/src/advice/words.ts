// What advice calls its labels, tasks, fields and parts of memory.
import type { Say } from "../say";

const named = (names: Record<string, string>, key: string) => names[key] ?? key;

export function labelName(say: Say, label: string): string {
  return named({ cheapest: say("最省钱", "Cheapest"), fastest: say("最快", "Fastest"), greenest: say("最省电", "Greenest"), domestic: say("国产", "Chinese chip"), balanced: say("均衡", "Balanced") }, label);
}

export function taskName(say: Say, task: string): string {
  return named({
    training: say("训练或微调", "Training or fine-tuning"), serving: say("在线服务", "Online serving"), batch: say("离线批量生成", "Offline generation"),
    embeddings: say("向量化", "Embeddings"), otherdeeplearning: say("其他深度学习", "Other deep learning"), network: say("其他深度学习", "Other deep learning"), hpc: say("科学计算", "Scientific computing"),
  }, task);
}

export function fieldName(say: Say, field: string): string {
  return named({
    model: say("模型", "Model"), method: say("方法", "Method"), tokens: say("词元总数", "Tokens"), seq_len: say("序列长度", "Sequence length"), precision: say("精度", "Precision"),
    isl: say("输入词元", "Input tokens"), osl: say("输出词元", "Output tokens"), requests_per_day: say("每日请求", "Requests a day"), peak_factor: say("峰值倍数", "Peak factor"), concurrency: say("并发", "Concurrency"),
    ttft_ms: say("首字延迟 ms", "TTFT, ms"), tpot_ms: say("逐字延迟 ms", "TPOT, ms"), weight_bits: say("权重位数", "Weight bits"), kv_bits: say("KV 位数", "KV bits"), requests: say("请求数", "Requests"), texts: say("文本数", "Texts"), tokens_each: say("每条词元", "Tokens each"),
    name: say("名称", "Name"), gflop: say("每样本 GFLOP", "GFLOP a sample"), samples: say("样本数", "Samples"), training: say("训练", "Training"), parameters: say("参数量", "Parameters"), flop: say("总浮点运算", "Operations"), bytes: say("内存流量", "Bytes moved"), ranks: say("MPI 进程", "MPI ranks"), memory_bytes: say("工作集", "Working set"), exchanged_bytes: say("交换字节", "Bytes exchanged"),
    budget_micro: say("预算", "Budget"), budget_per: say("预算周期", "Budget per"), deadline: say("期限", "Deadline"), cards: say("卡数", "Cards"), accelerators: say("型号", "Accelerators"), domestic_only: say("只要国产", "Chinese chips only"), regions: say("地区", "Regions"), not_regions: say("不要的地区", "Not in"), prefer: say("偏好", "Preference"), interruptible: say("可中断", "Interruptible"), whole_cards: say("只要整卡", "Whole cards"), hours: say("使用时长", "Hours"), engine: say("引擎", "Engine"), scenario: say("场景", "Scenario"), protocol: say("测法", "Protocol"),
  }, field);
}

export function memoryName(say: Say, part: string): string {
  return named({ weights: say("权重", "Weights"), kv: say("KV 缓存", "KV cache"), optimiser: say("优化器", "Optimiser"), gradients: say("梯度", "Gradients"), activations: say("激活", "Activations"), reserve: say("预留", "Reserve") }, part);
}

export function gradeMeaning(say: Say, grade: string): string {
  return named({ A: say("在这种卡和引擎上实测过", "Probed on this card and engine"), B: say("按同族实测校准", "Calibrated on its family"), C: say("只按物理推算", "From physics alone") }, grade);
}
