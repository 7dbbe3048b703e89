"""Firm banking (펌뱅킹): the 300-byte messages over TCP, each stored before it leaves or before it is understood."""
