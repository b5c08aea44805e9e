"""What the rubric says: conditions, definitions, normalising, checking and scoring."""
