"""The verbs of control, one public function a file."""
