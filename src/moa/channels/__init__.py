"""How the group talks with banks and with the KFTC: one folder per kind of connection, codec and transport together.

Promises: every message is stored before it leaves, every byte that comes before it is understood; secrets stand in no stored
copy; a number is used once a day and bank; silence is never an answer. What a person only looks into is not kept.
Five words: connection, message, exchange, silence, ruler.
"""
