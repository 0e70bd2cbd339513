"""Answers as files: one row an answer, streamed; SPSS with its labels; the codebook that says what each column is."""
