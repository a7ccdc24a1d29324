"""Networks as people have them, for rows of two features and two classes."""

import keras
import numpy as np
from keras import layers


def two_layers():
    return keras.Sequential(
        [keras.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(1, "sigmoid")]
    )


def mixed():
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(8, activation="relu", dtype="mixed_bfloat16"),
            layers.Dense(1, activation="sigmoid", dtype="float32"),
        ]
    )


def normalised():
    scaled = layers.Normalization(mean=[0.5, -0.5], variance=[2.0, 3.0])
    return keras.Sequential([keras.Input((2,)), scaled, *two_layers().layers])


def adapted():
    scaled = layers.Normalization()
    scaled.adapt(np.array([[0.0, 1.0], [4.0, 2.0], [1.0, 5.0]], np.float32))
    return keras.Sequential([keras.Input((2,)), scaled, *two_layers().layers])


def two_units():
    return keras.Sequential(
        [keras.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(2, "softmax")]
    )


def two_logits():
    model = keras.Sequential(
        [keras.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(2)]
    )
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def one_logit():
    model = keras.Sequential(
        [keras.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(1)]
    )
    model.compile(keras.optimizers.SGD(0.1), keras.losses.BinaryCrossentropy(from_logits=True))
    return model


def nested():
    body = keras.Sequential([layers.Dense(8, activation="relu", name="deep")], name="body")
    return keras.Sequential([keras.Input((2,)), body, layers.Dense(1, activation="sigmoid")])


def nested_functional():
    x = keras.Input((2,))
    body = keras.Model(x, layers.Dropout(0.3)(layers.Dense(8, name="deep")(x)), name="body")
    rows = keras.Input((2,))
    both = layers.Add()([body(rows), layers.Dense(8)(rows)])
    return keras.Model(rows, layers.Dense(1, activation="sigmoid")(both))


def compiled():
    model = two_layers()
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC()])
    return model


def two_inputs():
    left, right = keras.Input((1,), name="left"), keras.Input((1,), name="right")
    both = layers.Concatenate()([layers.Dense(4)(left), layers.Dense(4, "relu")(right)])
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid")(both))


def two_outputs():
    x = keras.Input((2,))
    hidden = layers.Dense(8, activation="relu")(x)
    aux = layers.Dense(3, name="aux")(hidden)
    main = layers.Dense(1, activation="sigmoid", name="main")(hidden)
    model = keras.Model(x, [aux, main])
    model.compile("adam", {"aux": "mse", "main": "bce"}, metrics={"main": ["accuracy"]})
    return model


def alike_outputs():
    x = keras.Input((2,))
    scores = layers.Dense(1, name="scores")(x)
    return keras.Model(x, {"a": scores, "b": layers.Dense(1, "sigmoid", name="chances")(x)})


def fixed_batch():
    return keras.Sequential([keras.Input(batch_shape=(4, 2)), layers.Dense(1, "sigmoid")])


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(8, activation="relu")
        self.last = layers.Dense(1, activation="sigmoid")

    def call(self, x):
        return self.last(self.hidden(x))


def subclassed():
    return Subclassed()


def seeded(seed):
    keras.utils.set_random_seed(seed)
    return two_layers()


def always_alike():
    keras.utils.set_random_seed(3)
    return two_layers()
