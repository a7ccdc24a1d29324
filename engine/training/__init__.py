"""Devices and XLA, the two engines and their way through Keras' `fit`, one block of a study."""
