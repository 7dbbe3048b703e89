"""What can be done to the books, one function a file."""
