"""Models that are there as soon as the file has run, for rows of two features and two classes."""

import keras
from keras import layers


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(8, activation="relu")
        self.last = layers.Dense(1, activation="sigmoid")

    def call(self, x):
        return self.last(self.hidden(x))


model = keras.Sequential(
    [
        keras.Input((2,)),
        layers.Dense(8, activation="relu"),
        layers.Dense(1, "sigmoid"),
    ]
)
subclassed = Subclassed()
compiled = keras.models.clone_model(model)
compiled.compile("sgd", "binary_crossentropy")
