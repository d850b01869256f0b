"""From bytes to text, from text to trees, and from trees back to places in the text."""
