"""Finds secrets in what people write, before anything is stored. Pure: texts in, texts and kinds out."""
