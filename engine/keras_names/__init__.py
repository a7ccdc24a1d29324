"""Keras' class names and arguments, known without importing Keras."""
