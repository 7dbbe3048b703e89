"""What persons and machines do with bank lines."""
