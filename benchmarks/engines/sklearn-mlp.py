"""scikit-learn's MLP from a file to a model: sklearn-mlp.py train.csv target model.joblib test.csv predictions.csv

Only what comes before "trained" is timed: `BENCH_PART=predict` predicts with the model, and trains nothing.
"""

import os
import sys

try:
    import joblib
    import pandas
    import sklearn
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
except ImportError as error:
    print(f"missing: {error}")
    sys.exit(0)

train, target, model, test, predictions = sys.argv[1:]
if os.environ.get("BENCH_PART") == "predict":
    rows = pandas.read_csv(test).drop(columns=[target])
    pandas.DataFrame({"predicted": joblib.load(model).predict(rows)}).to_csv(predictions, index=False)
else:
    table = pandas.read_csv(train)
    # early stopping holds a tenth of the rows back, as nabla holds its dev set back
    epochs = {"max_iter": 1} if os.environ.get("BENCH_SMOKE") == "1" else {}
    network = MLPClassifier(early_stopping=True, random_state=1, **epochs)
    pipeline = make_pipeline(StandardScaler(), network).fit(table.drop(columns=[target]), table[target])
    joblib.dump(pipeline, model)
    print(f"version: scikit-learn {sklearn.__version__}")
