"""The verbs of accounts, one public function a file."""
