"""What figures share: style, layout, pixels, words."""
