// Programs to start from, so that the first order need not begin with an empty page.
const DIGITS = `# 手写数字分类，数据集由 scikit-learn 自带 / handwritten digits, a data set that scikit-learn ships
import json, os, pathlib, time
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split

x, y = load_digits(return_X_y=True)
train_x, test_x, train_y, test_y = train_test_split(x / 16, y, random_state=0)
model = SGDClassifier(loss="log_loss", random_state=0)
for epoch in range(1, 31):
    model.partial_fit(train_x, train_y, classes=range(10))
    print(f"epoch {epoch:2d}  accuracy {model.score(test_x, test_y):.4f}", flush=True)
    time.sleep(0.2)

out = pathlib.Path(os.environ["SUANSHI_OUTPUT"])
out.joinpath("result.json").write_text(json.dumps({"accuracy": model.score(test_x, test_y)}))
print("done")
`;

const TORCH = `# 用 PyTorch 拟合一条曲线 / fit a curve with PyTorch
import os, pathlib, torch

device = "cuda" if torch.cuda.is_available() else "cpu"
print("device", device, flush=True)
x = torch.linspace(-3, 3, 2048, device=device).unsqueeze(1)
y = torch.sin(x)
net = torch.nn.Sequential(torch.nn.Linear(1, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1)).to(device)
step = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(1, 501):
    loss = torch.nn.functional.mse_loss(net(x), y)
    step.zero_grad(); loss.backward(); step.step()
    if epoch % 50 == 0:
        print(f"epoch {epoch}  loss {loss.item():.6f}", flush=True)
torch.save(net.state_dict(), pathlib.Path(os.environ["SUANSHI_OUTPUT"]) / "model.pt")
`;

const PLAIN = `# 估算圆周率 / estimate pi
import os, pathlib, random

inside = total = 0
for batch in range(1, 11):
    for _ in range(1_000_000):
        x, y = random.random(), random.random()
        inside += x * x + y * y <= 1
    total += 1_000_000
    print(f"{batch:2d} M points  pi = {4 * inside / total:.6f}", flush=True)
pathlib.Path(os.environ["SUANSHI_OUTPUT"], "pi.txt").write_text(f"{4 * inside / total}\\n")
`;

const OF: Record<string, string> = { scientific: DIGITS, pytorch: TORCH };

export const sample = (environment: string): string => OF[environment] ?? PLAIN;

export const isSample = (script: string): boolean => script === "" || [DIGITS, TORCH, PLAIN].includes(script);
