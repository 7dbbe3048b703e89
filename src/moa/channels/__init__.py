"""How the group talks with banks and with the KFTC: one folder per kind of connection, codec and transport together.

Promises: what a person only looks into is not kept. Five words: connection, kind, record, finding, ruler.
"""
