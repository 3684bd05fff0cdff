"""Inside a network: its layers, kernels, feature maps."""
