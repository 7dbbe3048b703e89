"""What the Korea Financial Telecommunications and Clearings Institute (금융결제원) defines: codes and file layouts.

Promises: codes and positions stand once, as data with their source; hints about account numbers warn, never refuse.
Five words: institution, representative (the code in use), former name, account template, hint.
"""
