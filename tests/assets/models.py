"""Networks as people have them, for rows of two features and two classes."""

import keras
import numpy as np
import tensorflow as tf
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


def focal(y_true, y_pred):
    p = keras.ops.clip(y_pred, 1e-6, 1 - 1e-6)
    ones, zeros = y_true * (1 - p) ** 2, (1 - y_true) * p**2
    return keras.ops.mean(-ones * keras.ops.log(p) - zeros * keras.ops.log(1 - p), axis=-1)


class Focal(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return focal(y_true, y_pred)


class Signum(keras.optimizers.SGD):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(keras.ops.sign(gradient), variable, learning_rate)


class NoConfig(Signum):
    def __init__(self, rate, extra):
        super().__init__(rate)


def own_loss():
    model = two_layers()
    model.compile("adam", focal, metrics=["accuracy"])
    return model


def own_loss_and_optimizer():
    model = two_layers()
    model.compile(Signum(0.01), Focal())
    return model


def own_loss_of_two_units():
    model = two_units()
    model.compile("adam", focal)
    return model


def own_loss_of_two_outputs():
    model = two_outputs()
    model.compile("adam", {"aux": "mse", "main": focal})
    return model


def weighted_loss():
    model = two_outputs()
    model.compile("sgd", {"aux": "mse", "main": "bce"}, loss_weights={"aux": 0.1, "main": 0.5})
    return model


def weighted_aux():
    model = two_outputs()
    model.compile("sgd", {"aux": "mse", "main": "bce"}, loss_weights={"aux": 0.1, "main": 1.0})
    return model


class Stepped(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            predicted = self(x, training=True)
            loss = self.compute_loss(x, y, predicted)
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        for metric in self.metrics:
            metric.update_state(*([loss] if metric.name == "loss" else [y, predicted]))
        return {metric.name: metric.result() for metric in self.metrics}


def stepped():
    x = keras.Input((2,))
    y = layers.Dense(1, "sigmoid")(layers.Dense(8, "relu", name="hidden")(x))
    model = Stepped(x, y)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def stepped_logits():
    x = keras.Input((2,))
    model = Stepped(x, layers.Dense(1)(x))
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    return model
