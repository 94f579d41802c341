"""Results by the file: mapped row by row to postings, then recorded in resumable stretches."""
