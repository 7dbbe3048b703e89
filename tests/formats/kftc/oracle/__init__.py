"""A second opinion on KFTC files, made from the specification alone.

Nothing here imports the product. Files are put together by plain concatenation of padded bytes, slowly and
readably, from the tables of the design document; faults are put in by overwriting bytes at printed offsets.
Where product and oracle differ, one of them has misread the document.
"""
