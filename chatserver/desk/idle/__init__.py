"""What becomes of conversations in which nobody answers: reminded, laid aside, closed, by the rules of the desk."""
