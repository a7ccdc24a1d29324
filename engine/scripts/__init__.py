"""An experiment as a stand-alone Keras script."""
