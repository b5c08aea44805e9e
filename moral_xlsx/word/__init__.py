"""The Word documents: a submission's official report and the department's report."""
