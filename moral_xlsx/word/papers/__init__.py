"""What is made of a form's answers besides the form: books, covers, orders, memos."""
