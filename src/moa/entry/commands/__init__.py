"""One module per command. A module is imported only when its command runs, so each decides itself what it loads."""
