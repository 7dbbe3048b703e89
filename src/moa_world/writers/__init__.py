"""Writers of bank files from plain values: one module per format, apart from the product's own codecs.

They import constants only, so that a reader's mistake cannot hide behind the same mistake here.
"""
