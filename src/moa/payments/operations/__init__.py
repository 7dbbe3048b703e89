"""Operations of payments, one a file."""
