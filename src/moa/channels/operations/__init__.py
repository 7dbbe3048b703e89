"""Operations of channels, one a file."""
