"""The first sale's job: learn to read handwritten digits (scikit-learn's own 1,797 real images)."""

import json
import os
import pathlib

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

images, labels = load_digits(return_X_y=True)
train_x, test_x, train_y, test_y = train_test_split(images / 16, labels, test_size=0.25, random_state=0)
model = MLPClassifier((64,), random_state=0)
for epoch in range(1, 31):
    model.partial_fit(train_x, train_y, classes=range(10))
    if epoch % 10 == 0:
        print(f"epoch {epoch}: loss {model.loss_:.3f}", flush=True)
accuracy = model.score(test_x, test_y)
print(f"accuracy on {len(test_y)} images never seen: {accuracy:.3f}", flush=True)
result = {"images": len(images), "accuracy": round(accuracy, 4)}
pathlib.Path(os.environ["SUANSHI_OUTPUT"], "digits.json").write_text(json.dumps(result))
