"""Understanding what was typed: raw cells and answers files become typed answers."""
